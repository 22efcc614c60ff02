export { writeBackupFile } from './backup-file.ts';
export { describeContents, contentsOf } from './contents.ts';
export { BackupError } from './errors.ts';
export type { BackupSecrets } from './manifest.ts';
export { verifyBackup } from './read.ts';
export { listMigrations, restoreBackup, type RestoreResult } from './restore.ts';
export { writeBackup, type BackupResult } from './write.ts';
