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

/** How long the database may take to answer; with a start under way, that start brings it up meanwhile. */
const PATIENCE_MS = 10_000;
const LISTED_AT_MOST = 200;
/** No id is longer, and this many digits always fit into PostgreSQL's `bigint`. */
const MAX_ID_DIGITS = 18;

const USAGE = '"jobs", "jobs retry ID", "jobs retry --all-dead", "jobs discard ID" or "jobs discard --all-dead"';

/** Jobs that have no attempt left. */
interface Change {
  readonly change: 'retry' | 'discard';
  readonly which: bigint | 'all';
}

/**
 * `jobs`: lists the work in the background. `jobs retry` gives dead jobs their attempts again; `jobs discard` removes them.
 *
 * @throws UserError for an id that no dead job has
 */
export async function jobsCommand(args: readonly string[]): Promise<void> {
  const change = parse(args);
  const config = readConfig(readEnvironment(ROOT), ROOT);
  const database = await chooseDatabase(config, { command: 'jobs', make: 'no' });
  const say = await withDatabaseUrl(config, 'jobs', async (url) => {
    await migrateDatabase(url, PATIENCE_MS);
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
  if (count === 0 && which !== 'all') throw new UserError(`There is no dead job ${which}; "jobs" lists those there are.`);
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

/** What to change; undefined: nothing. */
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
    // Its message may go on with advice; the first line says what is wrong.
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UserError(`jobs: ${line}`, { cause: error });
  }
}
