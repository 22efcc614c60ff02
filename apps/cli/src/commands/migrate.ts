import { parseArgs } from 'node:util';

import { UserError } from '../standalone/user-error.mjs';
import { chooseDatabase } from '../chosen-database.ts';
import { readConfig, readEnvironment } from '../config.ts';
import { migrateDatabase } from '../migrate-database.ts';
import { ROOT } from '../root.ts';
import { withDatabaseUrl } from '../with-database.ts';

/** How long to wait for the database, which may be starting at the same time. */
const DATABASE_TIMEOUT_MS = 10_000;

/** `migrate [--json] [--new]`: migrates the database that `start` uses to this version's schema. `start` uses `--json`. */
export async function migrateCommand(args: readonly string[]): Promise<void> {
  const { json, new: makeNew } = parseFlags(args);
  const config = readConfig(readEnvironment(ROOT), ROOT);
  const database = await chooseDatabase(config, { command: 'migrate', make: makeNew ? 'yes' : 'if alone' });
  const result = await withDatabaseUrl(
    config,
    'migrate',
    async (url) => await migrateDatabase(url, DATABASE_TIMEOUT_MS, (line) => console.error(line)),
  );
  if (json) return console.log(JSON.stringify(result));
  for (const note of result.notes) console.log(note);
  console.log(result.applied.length === 0 ? 'The database is up to date.' : `Applied ${result.applied.join(', ')}.`);
  process.stderr.write(`Database: ${database}.\n`);
}

function parseFlags(args: readonly string[]): { readonly json: boolean; readonly new: boolean } {
  try {
    const off = { type: 'boolean', default: false } as const;
    return parseArgs({ args: [...args], options: { json: off, new: off } }).values;
  } catch (error) {
    throw new UserError(`migrate: ${error instanceof Error ? error.message : String(error)}`);
  }
}
