import { type Database, migrationsFolder } from '@switchboard/database';

import type { Check } from '../check.ts';
import { once } from '../once.ts';
import type { Facts } from '../facts.ts';
import type { Outcome } from '../outcome.ts';
import type { World } from '../plan.ts';
import { checkAnswers, explainDatabase } from './answers.ts';
import { checkDatabaseClock } from './clock.ts';
import { judgeConnections, readConnections } from './connections.ts';
import { checkDurability } from './durability.ts';
import { checkIndexes } from './indexes.ts';
import { checkJobs } from './jobs.ts';
import { checkMigrations } from './migrations.ts';
import { checkOperators } from './operators.ts';
import { isAway, patiently } from './patience.ts';
import { checkSettings } from './settings.ts';
import { judgeVersion, readVersion } from './version.ts';

const group = 'Database';
/** An embedded database that is started for this look may have to go through the log of a crash first. */
const START_MS = 60_000;
/** With the tries that a slow one may need. */
const QUESTION_MS = 20_000;

export function planDatabase({ settings }: Pick<Facts, 'settings'>, { open, busy }: Pick<World, 'open' | 'busy'>): Check[] {
  const opened = once(open);
  const answers: Check = {
    group,
    what: 'it answers',
    limitMs: START_MS,
    async look() {
      const now = await opened();
      return now.state === 'open' ? await checkAnswers({ ...now, busy }) : now.outcome;
    },
  };
  const check = (what: string, after: Check, look: (database: Database, url: string) => Promise<Outcome>): Check => ({
    group,
    what,
    after: [after],
    limitMs: QUESTION_MS,
    async look() {
      const now = await opened();
      if (now.state !== 'open') return now.outcome;
      try {
        return await patiently(now.url, async () => await look(now.database, now.url));
      } catch (error) {
        if (isAway(error, now.url)) return explainDatabase(error, now);
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
    check("its clock is this machine's", answers, async (database) => await checkDatabaseClock(database)),
    check('a commit is on the disk', answers, checkDurability),
    check('it has connections left', answers, async (database) => judgeConnections(await readConnections(database))),
    migrations,
    check('all indexes and unique keys are there', migrations, async (database) => await checkIndexes(database, migrationsFolder())),
    check('there is an operator', migrations, checkOperators),
    check('work in the background is done', migrations, checkJobs),
    check('each setting is in one place', migrations, async (database) => await checkSettings(database, settings.WIDGET_ORIGINS)),
  ];
}
