/** An error that the user can fix. The command stops and prints only its message, one line. */
export class UserError extends Error {
  /**
   * @override
   * @type {string}
   */
  name = 'UserError';
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
 * Turns a failed write to the disk into a UserError about the disk; returns every other error unchanged.
 * @param {unknown} error
 * @param {string} path the file or folder that was to be written
 * @returns {unknown}
 */
export function explainDiskError(error, path) {
  const code = codeOf(error) ?? '';
  if (['ENOSPC', 'EDQUOT'].includes(code)) return new UserError(`There is no space left on the disk that holds ${path}.`, { cause: error });
  if (['EACCES', 'EPERM', 'EROFS'].includes(code)) return new UserError(`${path} can't be written by this user.`, { cause: error });
  if (['ENOTDIR', 'EEXIST'].includes(code))
    return new UserError(`${path} can't be created: a file is where a folder must be.`, { cause: error });
  return error;
}
