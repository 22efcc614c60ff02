import { changeSettings, readSettings, SYSTEM } from '@switchboard/chat';
import { APPLICATION_NAMES } from '@switchboard/config';
import { openDatabase, type Database } from '@switchboard/database';
import { ChatError, type SettingKey, type SettingValue, type SettingView } from '@switchboard/protocol';

import { chooseDatabase } from '../chosen-database.ts';
import { readConfig, readEnvironment } from '../config.ts';
import { migrateDatabase } from '../migrate-database.ts';
import { ROOT } from '../root.ts';
import { readValue, settingNamed, writeValue } from '../setting-text.ts';
import { UserError } from '../standalone/user-error.mjs';
import { withDatabaseUrl } from '../with-database.ts';

/** How long the database may take to answer; with a start under way, that start brings it up meanwhile. */
const PATIENCE_MS = 10_000;
const USAGE = '"settings", "settings get KEY", "settings set KEY VALUE" or "settings reset KEY"';
/** The errors of the command line go to the person who runs it; what it changes is recorded in the database. */
const NO_LOG = { debug() {}, info() {}, warn() {}, error() {} };

type Request =
  | { readonly does: 'list' }
  | { readonly does: 'get'; readonly key: SettingKey }
  | { readonly does: 'change'; readonly key: SettingKey; readonly value: SettingValue | null };

/**
 * `settings`: lists the settings that can be changed while everything runs, with who changed them when. `settings get` prints one, `settings set` and
 * `settings reset` change one.
 *
 * @throws UserError for a setting that there is not, or a value that it does not take
 */
export async function settingsCommand(args: readonly string[]): Promise<void> {
  const request = parse(args);
  const config = readConfig(readEnvironment(ROOT), ROOT);
  const database = await chooseDatabase(config, { command: 'settings', make: 'no' });
  const say = await withDatabaseUrl(config, 'settings', async (url) => {
    await migrateDatabase(url, PATIENCE_MS);
    const db = openDatabase({ url, applicationName: APPLICATION_NAMES.cli, poolSize: 1 });
    try {
      return await carryOut(db, request);
    } catch (error) {
      throw error instanceof ChatError ? new UserError(explain(error), { cause: error }) : error;
    } finally {
      await db.close();
    }
  });
  console.log(say);
  process.stderr.write(`Database: ${database}.\n`);
}

/** Does it, and returns what to print. */
async function carryOut(db: Database, request: Request): Promise<string> {
  const ctx = { db, log: NO_LOG };
  if (request.does === 'change') {
    const { key, value } = request;
    const { settings } = await changeSettings(ctx, SYSTEM, [{ key, value }]);
    return settings
      .map(({ value: now }) => `${key} is ${JSON.stringify(writeValue(now))} now. Running servers follow within 10 s.`)
      .join('\n');
  }
  const { settings, unusable } = await readSettings(ctx, SYSTEM);
  if (request.does === 'get') return settings.flatMap(({ key, value }) => (key === request.key ? [writeValue(value)] : [])).join('\n');
  return [...settings.map(describe), ...unusable.map((key) => `${key}\tis stored with a value that this version can't use`)].join('\n');
}

/** A line of the list: the value, its default where it is another one, and who changed it when. */
function describe({ key, value, default: fallback, updatedAt, updatedBy }: SettingView): string {
  const [now, standard] = [value, fallback].map((each) => JSON.stringify(writeValue(each)));
  return [
    key,
    now,
    now === standard ? 'the default' : `default ${standard}`,
    ...(updatedAt === null ? [] : [`changed ${updatedAt} by ${updatedBy?.name ?? 'the command line or a start'}`]),
  ].join('\t');
}

/** What the verb refused. Fields are keys of settings, or parts of a list: `widget.sites.0`. */
function explain({ code, message, detail: { fields = {} } }: ChatError): string {
  const [first] = Object.entries(fields);
  return code === 'invalid_request' && first !== undefined ? `${first[0]} ${first[1]}.` : message;
}

/** @throws UserError for anything but the four forms */
function parse(args: readonly string[]): Request {
  const [verb, key, value, ...others] = args;
  if (verb === undefined) return { does: 'list' };
  const usage = new UserError(`settings: it must be ${USAGE}.`);
  if (key === undefined || others.length > 0 || (verb === 'set') === (value === undefined)) throw usage;
  if (verb === 'get') return { does: 'get', key: settingNamed(key) };
  if (verb === 'reset') return { does: 'change', key: settingNamed(key), value: null };
  if (verb === 'set') return { does: 'change', key: settingNamed(key), value: readValue(settingNamed(key), value ?? '') };
  throw usage;
}
