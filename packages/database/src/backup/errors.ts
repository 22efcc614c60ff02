/** A backup can't be made or restored. The message says why, for the user. Nothing was changed. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** The file is not a complete backup: it is truncated, modified, or not a backup at all. */
export class DamagedBackupError extends BackupError {
  constructor(file: string, reason: string, cause?: unknown) {
    super(`${file} is not a complete backup of Switchboard (${reason}). Nothing was changed. Use another copy.`, { cause });
  }
}
