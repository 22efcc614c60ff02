import type { LastBackup } from '../../last-backup.ts';
import { ok, type Outcome, warn } from '../outcome.ts';

const DAY_MS = 86_400_000;
const OLD_DAYS = 7;

/** Warns when backups with this command have stopped. Without any there is no warning: the installation may be new, or be backed up differently. */
export function judgeLastBackup(last: LastBackup | undefined, now: Date): Outcome {
  if (last === undefined) return ok('none has been made with "backup" yet');
  const days = Math.floor((now.getTime() - last.at.getTime()) / DAY_MS);
  const age = days < 1 ? 'less than a day ago' : days === 1 ? 'a day ago' : `${days} days ago`;
  if (days < OLD_DAYS) return ok(`${age}: ${last.file}`);
  return warn(`the last one was made ${age} (${last.file})`, 'Make one every day: see docs/backup.md.');
}
