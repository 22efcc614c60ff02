import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

import {
  createOperator,
  listOperators,
  removeOperator,
  setOperatorPassword,
  setOperatorRole,
  SYSTEM,
  type Effect,
} from '@switchboard/chat';
import { APPLICATION_NAMES } from '@switchboard/config';
import { openDatabase, type Database } from '@switchboard/database';
import { ChatError, OPERATOR_ROLES, type OperatorRole } from '@switchboard/protocol';

import { UserError } from '../standalone/user-error.mjs';
import { chooseDatabase } from '../chosen-database.ts';
import { type Config, readConfig, readEnvironment } from '../config.ts';
import { migrateDatabase } from '../migrate-database.ts';
import { revokeAtRelay } from '../revoke.ts';
import { ROOT } from '../root.ts';
import { signOfServers } from '../running-servers.ts';
import { withDatabaseUrl } from '../with-database.ts';

/** How long the database may take to answer; with a start under way, that start brings it up meanwhile. */
const PATIENCE_MS = 10_000;

/** Of the verbs' log nothing is for the terminal: what matters comes as their error. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

interface Options {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly role: OperatorRole;
}

/** What a verb did. */
interface Done {
  readonly say: string;
  readonly effects?: readonly Effect[];
}

interface Verb {
  readonly usage: string;
  /** Asked for, in this order. */
  readonly needs: readonly (keyof Options)[];
  run(db: Database, options: Options): Promise<Done>;
}

const ctx = (db: Database) => ({ db, log: quiet });

const VERBS: Readonly<Record<string, Verb>> = {
  create: {
    usage: 'operator create --email E --name N --password P [--role ADMIN] [--new]',
    needs: ['email', 'name', 'role', 'password'],
    async run(db, { email, name, password, role }) {
      await createOperator(ctx(db), SYSTEM, { email, name, password, role });
      return { say: `${role === 'ADMIN' ? 'Administrator' : 'Operator'} ${email} is made.` };
    },
  },
  list: {
    usage: 'operator list',
    needs: [],
    async run(db) {
      const operators = await listOperators(ctx(db), SYSTEM, new Date());
      const lines = operators.map(({ email, name, role, maySignIn, sessions }) => {
        const state = maySignIn ? `${sessions} signed in` : 'removed';
        return [email, name, role, state].join('\t');
      });
      return { say: lines.length === 0 ? 'There is no operator yet.' : lines.join('\n') };
    },
  },
  role: {
    usage: 'operator role --email E --role ADMIN',
    needs: ['email', 'role'],
    async run(db, { email, role }) {
      const { effects } = await setOperatorRole(ctx(db), SYSTEM, email, role);
      return { say: `${email} is ${role === 'ADMIN' ? 'an administrator' : 'an operator'} now.`, effects };
    },
  },
  password: {
    usage: 'operator password --email E --password P',
    needs: ['email', 'password'],
    async run(db, { email, password }) {
      const { effects } = await setOperatorPassword(ctx(db), SYSTEM, email, password);
      return { say: `${email} has a new password and is signed out everywhere.`, effects };
    },
  },
  remove: {
    usage: 'operator remove --email E',
    needs: ['email'],
    async run(db, { email }) {
      const { effects } = await removeOperator(ctx(db), SYSTEM, email);
      return { say: `${email} is signed out everywhere and can't sign in any more. What it wrote stays.`, effects };
    },
  },
};

/** `operator create …` and its likes: operators in the database that `start` uses, running or not. */
export async function operatorCommand([name, ...args]: readonly string[]): Promise<void> {
  const verb = name !== undefined && Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (verb === undefined) {
    const usages = Object.values(VERBS).map(({ usage }) => `"${usage}"`);
    throw new UserError(`operator: it must be one of ${usages.join(', ')}.`);
  }
  const { options, makeNew } = await readOptions(verb, args);
  const config = readConfig(readEnvironment(ROOT), ROOT);
  const creates = verb === VERBS.create;
  const database = await chooseDatabase(config, { command: `operator ${name}`, make: creates ? (makeNew ? 'yes' : 'if alone') : 'no' });
  const { say, revocation } = await withDatabaseUrl(config, 'operator create', async (url) => {
    await migrateDatabase(url, PATIENCE_MS);
    const db = openDatabase({ url, applicationName: APPLICATION_NAMES.cli, poolSize: 1 });
    try {
      const done = await verb.run(db, options);
      return { say: done.say, revocation: await carryOut(config, db, done.effects) };
    } catch (error) {
      throw explain(error);
    } finally {
      await db.close();
    }
  });
  console.log(say);
  process.stderr.write(`Database: ${database}.\n`);
  if (revocation?.error !== undefined) throw new UserError(revocation.error);
  if (revocation?.note !== undefined) process.stderr.write(`${revocation.note}\n`);
}

/** What to print about connections that could not be closed: an error when there may be some, a note when there is no sign of any. */
interface Revocation {
  readonly error?: string;
  readonly note?: string;
}

/** Carries out what a verb of operators can cause. */
async function carryOut(config: Config, db: Database, effects: readonly Effect[] = []): Promise<Revocation | undefined> {
  const revoked = effects.find((effect) => effect.kind === 'access revoked');
  return revoked === undefined ? undefined : await endConnections(config, db, revoked.id);
}

/** Has the relay end an operator's connections. That the operator was revoked is in the database already: a web app repeats it to a relay that it finds. */
async function endConnections(config: Config, db: Database, id: number): Promise<Revocation> {
  const telling = await revokeAtRelay(config, id);
  if (telling.told) return {};
  const problem = `${telling.reason[0]?.toUpperCase()}${telling.reason.slice(1)}`;
  const until =
    'connections of this operator go on until their token ends (at most 10 minutes) or the web app tells the relay. Give this command the settings of the servers (RELAY_INTERNAL_URL, SOCKET_PORT, JWT_SECRET) to end them at once.';
  if (telling.answered) return { error: `${problem}: ${until}` };
  const sign = await signOfServers(config, db);
  if (sign !== undefined) return { error: `${problem}, but ${sign}: ${until}` };
  return { note: `${problem}, and nothing shows that servers of this installation run. If some do: ${until}` };
}

/** What the verb needs. What it doesn't is empty. */
async function readOptions(verb: Verb, args: readonly string[]): Promise<{ options: Options; makeNew: boolean }> {
  const values = parse(verb, args);
  const missing = (option: string) => new UserError(`${option} is missing: ${verb.usage}`);
  const needs = (option: keyof Options) => verb.needs.includes(option);
  if (needs('email') && values.email === undefined) throw missing('--email');
  if (needs('name') && values.name === undefined) throw missing('--name');
  const { usage } = verb;
  if (needs('role') && values.role === undefined && !usage.includes('[--role')) throw missing('--role');
  const role = OPERATOR_ROLES.find((known) => known === (values.role ?? 'OPERATOR').toUpperCase());
  if (role === undefined) throw new UserError(`--role is "${values.role}"; it must be ${OPERATOR_ROLES.join(' or ')}.`);
  const password = values['password-stdin'] ? (await text(process.stdin)).replace(/\r?\n$/, '') : values.password;
  if (needs('password') && password === undefined) throw missing('--password (or --password-stdin)');
  return { options: { email: values.email ?? '', name: values.name ?? '', password: password ?? '', role }, makeNew: values.new };
}

const OPTIONS = {
  email: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string' },
  password: { type: 'string' },
  'password-stdin': { type: 'boolean', default: false },
  new: { type: 'boolean', default: false },
} as const;

function parse(verb: Verb, args: readonly string[]) {
  const known = new Set(
    Object.keys(OPTIONS).filter(
      (option) => verb.needs.some((need) => option === need || option.startsWith(`${need}-`)) || verb.usage.includes(`[--${option}]`),
    ),
  );
  const [, name] = verb.usage.split(' ');
  try {
    const { values, tokens } = parseArgs({ args: [...args], options: OPTIONS, tokens: true });
    const foreign = tokens.find((token) => token.kind === 'option' && !known.has(token.name));
    if (foreign?.kind === 'option') throw new Error(`Unknown option '${foreign.rawName}'`);
    return values;
  } catch (error) {
    // Its message may go on with advice; the first sentence says what is wrong.
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UserError(`operator ${name}: ${line}`, { cause: error });
  }
}

/** What the verb refused, in terms of the options. */
function explain(error: unknown): unknown {
  if (!(error instanceof ChatError)) return error;
  if (error.code !== 'invalid_request') return new UserError(error.message, { cause: error });
  const fields = Object.entries(error.detail.fields ?? {}).map(([field, problem]) => `--${field} ${problem}`);
  return new UserError(fields.length === 0 ? error.message : `${fields.join('; ')}.`, { cause: error });
}
