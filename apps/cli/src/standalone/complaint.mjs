/** Something that stops a command and that a person can put right. The message is one line and all that is printed of it. */
export class Complaint extends Error {
  /**
   * @override
   * @type {string}
   */
  name = 'Complaint';
}

/**
 * The code of a system error (`ENOENT`, `EACCES` …), if it is one.
 * @param {unknown} error
 * @returns {string | undefined}
 */
export function codeOf(error) {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * A failed write to the disk as a complaint about the disk, every other error as it is.
 * @param {unknown} error
 * @param {string} path the file or folder that was to be written
 * @returns {unknown}
 */
export function explainDiskError(error, path) {
  const code = codeOf(error) ?? '';
  if (['ENOSPC', 'EDQUOT'].includes(code)) return new Complaint(`There is no space left on the disk that holds ${path}.`, { cause: error });
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return new Complaint(`${path} can't be written by this user.`, { cause: error });
  if (['ENOTDIR', 'EEXIST'].includes(code))
    return new Complaint(`${path} can't be made: a file is where a folder must be.`, { cause: error });
  return error;
}
