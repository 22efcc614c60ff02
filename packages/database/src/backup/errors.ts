/** Why a backup can't be made or restored, in a sentence for the person who asked. Nothing was changed. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}

/** The file is not a whole backup: cut off, changed, or something else altogether. */
export class DamagedBackupError extends BackupError {
  constructor(file: string, reason: string, cause?: unknown) {
    super(`${file} is not a whole backup of Switchboard (${reason}). Nothing was changed. Use another copy of it.`, { cause });
  }
}
