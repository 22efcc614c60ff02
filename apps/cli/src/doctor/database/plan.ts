import { type Database, migrationsFolder } from '@switchboard/database';

import type { Check } from '../check.ts';
import { once } from '../once.ts';
import type { Facts } from '../facts.ts';
import type { Outcome } from '../outcome.ts';
import type { World } from '../world.ts';
import { checkAnswers, explainDatabase } from './answers.ts';
import { checkDatabaseClock } from './clock.ts';
import { judgeConnections, readConnections } from './connections.ts';
import { checkDurability } from './durability.ts';
import { checkIndexes } from './indexes.ts';
import { checkJobs } from './jobs.ts';
import { checkMigrations } from './migrations.ts';
import { checkOperators } from './operators.ts';
import { isUnavailableAt, retryWhileUnavailable } from './retry-while-unavailable.ts';
import { checkSettings } from './settings.ts';
import { judgeVersion, readVersion } from './version.ts';

const group = 'Database';
/** An embedded database that is started for the checks may first have to recover from a crash. */
const START_MS = 60_000;
/** Including the retries that a slow database may need. */
const QUERY_MS = 20_000;

export function planDatabase({ settings }: Pick<Facts, 'settings'>, { open, busy }: Pick<World, 'open' | 'busy'>): Check[] {
  const opened = once(open);
  const answers: Check = {
    group,
    what: 'it answers',
    timeoutMs: START_MS,
    async run() {
      const now = await opened();
      return now.state === 'open' ? await checkAnswers({ ...now, busy }) : now.outcome;
    },
  };
  const check = (what: string, after: Check, run: (database: Database, url: string) => Promise<Outcome>): Check => ({
    group,
    what,
    after: [after],
    timeoutMs: QUERY_MS,
    async run() {
      const now = await opened();
      if (now.state !== 'open') return now.outcome;
      try {
        return await retryWhileUnavailable(now.url, async () => await run(now.database, now.url));
      } catch (error) {
        if (isUnavailableAt(error, now.url)) return explainDatabase(error, now);
        throw error;
      }
    },
  });
  const migrations = check(
    'all migrations are applied',
    answers,
    async (database, url) => await checkMigrations(database, url, migrationsFolder()),
  );
  return [
    answers,
    check('its version is 14 or later', answers, async (database) => judgeVersion(await readVersion(database))),
    check("its clock agrees with this machine's", answers, async (database) => await checkDatabaseClock(database)),
    check('commits are written to disk', answers, checkDurability),
    check('it has free connections', answers, async (database) => judgeConnections(await readConnections(database))),
    migrations,
    check('all indexes and unique keys exist', migrations, async (database) => await checkIndexes(database, migrationsFolder())),
    check('there is an operator', migrations, checkOperators),
    check('background jobs are run', migrations, checkJobs),
    check('each setting is in one place', migrations, async (database) => await checkSettings(database, settings.WIDGET_ORIGINS)),
  ];
}
