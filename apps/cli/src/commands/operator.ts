import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

import { changeOperator, createOperator, listOperators, removeOperator, setOperatorPassword, SYSTEM, type Effect } from '@switchboard/chat';
import { APPLICATION_NAMES } from '@switchboard/config';
import { openDatabase, type Database } from '@switchboard/database';
import { ChatError, MAX_PAGE_SIZE, OPERATOR_ROLES, type OperatorRole, type OperatorView } from '@switchboard/protocol';

import { UserError } from '../standalone/user-error.mjs';
import { chooseDatabase } from '../chosen-database.ts';
import { type Config, readConfig, readEnvironment } from '../config.ts';
import { migrateDatabase } from '../migrate-database.ts';
import { revokeAtRelay } from '../revoke.ts';
import { ROOT } from '../root.ts';
import { signOfServers } from '../running-servers.ts';
import { withDatabaseUrl } from '../with-database.ts';

/** How long to wait for the database: a start in progress may be starting it. */
const DATABASE_TIMEOUT_MS = 10_000;

/** The verbs' log is not shown: they report problems as errors. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

interface Options {
  readonly email: string;
  readonly name: string;
  readonly password: string;
  readonly role: OperatorRole;
}

/** The result of a verb. */
interface Done {
  readonly say: string;
  readonly effects?: readonly Effect[];
}

interface Verb {
  readonly usage: string;
  /** The required options, in the order in which missing ones are reported. */
  readonly needs: readonly (keyof Options)[];
  run(db: Database, options: Options): Promise<Done>;
}

const ROLE_NAMES = { OPERATOR: 'operator', SUPERVISOR: 'supervisor', ADMIN: 'administrator' } as const satisfies Record<
  OperatorRole,
  string
>;
const capitalized = (word: string) => `${word[0]?.toUpperCase()}${word.slice(1)}`;

const ctx = (db: Database) => ({ db, log: quiet, clock: () => new Date() });

const VERBS: Readonly<Record<string, Verb>> = {
  create: {
    usage: 'operator create --email E --name N --password P [--role SUPERVISOR|ADMIN] [--new]',
    needs: ['email', 'name', 'role', 'password'],
    async run(db, { email, name, password, role }) {
      await createOperator(ctx(db), SYSTEM, { email, name, password, role });
      return { say: `${capitalized(ROLE_NAMES[role])} ${email} was created.` };
    },
  },
  list: {
    usage: 'operator list',
    needs: [],
    async run(db) {
      const operators = await allOperators(db);
      const lines = operators.map(({ email, name, role, maySignIn, sessions }) => {
        const state = maySignIn ? `${sessions} signed in` : 'removed';
        return [email, name, role, state].join('\t');
      });
      return { say: lines.length === 0 ? 'There is no operator yet.' : lines.join('\n') };
    },
  },
  role: {
    usage: 'operator role --email E --role OPERATOR|SUPERVISOR|ADMIN',
    needs: ['email', 'role'],
    async run(db, { email, role }) {
      const { effects } = await changeOperator(ctx(db), SYSTEM, { email }, { role });
      return { say: `${email} is now ${role === 'SUPERVISOR' ? 'a' : 'an'} ${ROLE_NAMES[role]}.`, effects };
    },
  },
  password: {
    usage: 'operator password --email E --password P',
    needs: ['email', 'password'],
    async run(db, { email, password }) {
      const { effects } = await setOperatorPassword(ctx(db), SYSTEM, { email }, password);
      return { say: `${email} has a new password and is signed out everywhere.`, effects };
    },
  },
  remove: {
    usage: 'operator remove --email E',
    needs: ['email'],
    async run(db, { email }) {
      const { effects } = await removeOperator(ctx(db), SYSTEM, { email });
      return { say: `${email} is signed out everywhere and can't sign in anymore. Their messages are kept.`, effects };
    },
  },
};

/** All operators, by their e-mails. */
async function allOperators(db: Database): Promise<OperatorView[]> {
  const operators: OperatorView[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await listOperators(ctx(db), SYSTEM, { cursor, limit: MAX_PAGE_SIZE });
    operators.push(...page.items);
    cursor = page.nextCursor;
  }
  return operators.toSorted((one, other) => (String(one.email) < String(other.email) ? -1 : 1));
}

/** `operator create` and the other verbs: manage operators in the database that `start` uses, running or not. */
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
    await migrateDatabase(url, DATABASE_TIMEOUT_MS);
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

/** A message about connections that could not be closed: an error when there may be some, a note when there is no evidence of any. */
interface Revocation {
  readonly error?: string;
  readonly note?: string;
}

/** Carries out the effects of a verb. */
async function carryOut(config: Config, db: Database, effects: readonly Effect[] = []): Promise<Revocation | undefined> {
  const revoked = effects.find((effect) => effect.kind === 'access revoked');
  return revoked === undefined ? undefined : await endConnections(config, db, revoked.id);
}

/** Makes the relay close an operator's connections. The revocation is already in the database: a web app repeats it until a relay has accepted it. */
async function endConnections(config: Config, db: Database, id: number): Promise<Revocation> {
  const result = await revokeAtRelay(config, id);
  if (result.accepted) return {};
  const problem = capitalized(result.reason);
  const until =
    'this operator’s connections stay open until their token expires (at most 10 minutes) or the web app notifies the relay. Give this command the servers’ settings (RELAY_INTERNAL_URL, SOCKET_PORT, JWT_SECRET) to close them immediately.';
  if (result.answered) return { error: `${problem}: ${until}` };
  const sign = await signOfServers(config, db);
  if (sign !== undefined) return { error: `${problem}, but ${sign}: ${until}` };
  return { note: `${problem}, and there is no sign that this installation is running. If it is: ${until}` };
}

/** The options of the verb; those that it does not need are empty. */
async function readOptions(verb: Verb, args: readonly string[]): Promise<{ options: Options; makeNew: boolean }> {
  const values = parse(verb, args);
  const missing = (option: string) => new UserError(`${option} is missing: ${verb.usage}`);
  const needs = (option: keyof Options) => verb.needs.includes(option);
  if (needs('email') && values.email === undefined) throw missing('--email');
  if (needs('name') && values.name === undefined) throw missing('--name');
  const { usage } = verb;
  if (needs('role') && values.role === undefined && !usage.includes('[--role')) throw missing('--role');
  const role = OPERATOR_ROLES.find((known) => known === (values.role ?? 'OPERATOR').toUpperCase());
  if (role === undefined)
    throw new UserError(`--role is "${values.role}"; it must be ${OPERATOR_ROLES.slice(0, -1).join(', ')} or ${OPERATOR_ROLES.at(-1)}.`);
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
    // The first line of the message says what is wrong; advice may follow.
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new UserError(`operator ${name}: ${line}`, { cause: error });
  }
}

/** The verb's error, expressed in terms of the options. */
function explain(error: unknown): unknown {
  if (!(error instanceof ChatError)) return error;
  if (error.code !== 'invalid_request') return new UserError(error.message, { cause: error });
  const fields = Object.entries(error.detail.fields ?? {}).map(([field, problem]) => `--${field} ${problem}`);
  return new UserError(fields.length === 0 ? error.message : `${fields.join('; ')}.`, { cause: error });
}
