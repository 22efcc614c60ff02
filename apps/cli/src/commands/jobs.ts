import { parseArgs } from 'node:util';

import { APPLICATION_NAMES } from '@switchboard/config';
import { openDatabase, type Database } from '@switchboard/database';
import { discardDeadJobs, listJobs, retryDeadJobs, type JobView } from '@switchboard/jobs';

import { chooseDatabase } from '../chosen-database.ts';
import { readConfig, readEnvironment } from '../config.ts';
import { migrateDatabase } from '../migrate-database.ts';
import { ROOT } from '../root.ts';
import { UserError } from '../standalone/user-error.mjs';
import { withDatabaseUrl } from '../with-database.ts';

/** How long to wait for the database: a start in progress may be starting it. */
const DATABASE_TIMEOUT_MS = 10_000;
const LISTED_AT_MOST = 200;
/** The longest id in digits; any number of this length fits into PostgreSQL's `bigint`. */
const MAX_ID_DIGITS = 18;

const USAGE = '"jobs", "jobs retry ID", "jobs retry --all-dead", "jobs discard ID" or "jobs discard --all-dead"';

/** A change to dead jobs. */
interface Change {
  readonly change: 'retry' | 'discard';
  readonly which: bigint | 'all';
}

/**
 * `jobs`: lists background jobs. `jobs retry` makes dead jobs run again; `jobs discard` removes them.
 *
 * @throws UserError for an id that is not a dead job's
 */
export async function jobsCommand(args: readonly string[]): Promise<void> {
  const change = parse(args);
  const config = readConfig(readEnvironment(ROOT), ROOT);
  const database = await chooseDatabase(config, { command: 'jobs', make: 'no' });
  const say = await withDatabaseUrl(config, 'jobs', async (url) => {
    await migrateDatabase(url, DATABASE_TIMEOUT_MS);
    const db = openDatabase({ url, applicationName: APPLICATION_NAMES.cli, poolSize: 1 });
    try {
      return change === undefined ? describeJobs(await listJobs(db, LISTED_AT_MOST)) : await applyChange(db, change);
    } finally {
      await db.close();
    }
  });
  console.log(say);
  process.stderr.write(`Database: ${database}.\n`);
}

async function applyChange(db: Database, { change, which }: Change): Promise<string> {
  const count = await (change === 'retry' ? retryDeadJobs : discardDeadJobs)(db, which);
  if (count === 0 && which !== 'all') throw new UserError(`There is no dead job ${which}; "jobs" lists all jobs.`);
  const jobs = count === 1 ? '1 job' : `${count} jobs`;
  return change === 'retry' ? `${jobs} will run again.` : `${jobs} removed.`;
}

function describeJobs(jobs: readonly JobView[]): string {
  if (jobs.length === 0) return 'There are no jobs.';
  const lines = jobs.map(({ id, name, key, state, at, attempts, lastError }) =>
    [
      id,
      state,
      at.toISOString(),
      key === null ? name : `${name} (${key})`,
      `${attempts} attempts`,
      ...(lastError === null ? [] : [lastError]),
    ].join('\t'),
  );
  return [...lines, ...(jobs.length === LISTED_AT_MOST ? [`… (the first ${LISTED_AT_MOST})`] : [])].join('\n');
}

/** The requested change; undefined: only list. */
function parse(args: readonly string[]): Change | undefined {
  const { change, id, all, others } = read(args);
  if (change === undefined && !all) return undefined;
  if ((change !== 'retry' && change !== 'discard') || others > 0 || (id === undefined) !== all)
    throw new UserError(`jobs: it must be ${USAGE}.`);
  if (id === undefined) return { change, which: 'all' };
  if (!/^\d+$/.test(id) || id.length > MAX_ID_DIGITS)
    throw new UserError(`jobs ${change}: "${id}" must be the number of a job, as "jobs" lists it.`);
  return { change, which: BigInt(id) };
}

function read(args: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { 'all-dead': { type: 'boolean', default: false } },
    });
    const [change, id, ...others] = positionals;
    return { change, id, all: values['all-dead'], others: others.length };
  } catch (error) {
    // The first line of the message says what is wrong; advice may follow.
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UserError(`jobs: ${line}`, { cause: error });
  }
}
