import { otherMajor } from '@switchboard/database/embedded';

import { codeOf } from '../../standalone/user-error.mjs';
import type { Config } from '../../config.ts';
import { fail, ok, type Outcome, skip } from '../outcome.ts';

/** Whether this version's PostgreSQL can read the embedded database's files; otherwise the next start fails. */
export async function checkMajorVersion({ databaseUrl }: Pick<Config, 'databaseUrl'>, dataFolder: string): Promise<Outcome> {
  if (databaseUrl !== undefined) return skip('DATABASE_URL names another one');
  try {
    const other = await otherMajor(dataFolder);
    return other === undefined ? ok() : fail(other.problem, other.advice);
  } catch (error) {
    if (codeOf(error) === 'EACCES') return skip('this user can’t read it');
    throw error;
  }
}
