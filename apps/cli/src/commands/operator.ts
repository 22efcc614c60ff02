import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';

import { createOperator, type NewOperator } from '@switchboard/chat';
import { openDatabase } from '@switchboard/database';
import { ChatError } from '@switchboard/protocol';

import { Complaint } from '../../bin/complaint.mjs';
import { readConfig, readEnvironment } from '../config.ts';
import { migrateDatabase } from '../migrate-database.ts';
import { ROOT } from '../root.ts';
import { withDatabaseUrl } from '../with-database.ts';

const USAGE = 'operator create --email E --name N --password P [--role ADMIN]';
const ROLES = ['OPERATOR', 'ADMIN'] as const;
/** How long the database may take to answer; with a start under way, that start brings it up meanwhile. */
const PATIENCE_MS = 10_000;

/** Of the verb's log nothing is for the terminal: what matters comes as its error. */
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** `operator create …`: makes an operator in the database that `start` uses, running or not. */
export async function operatorCommand(args: readonly string[]): Promise<void> {
  const operator = await readOperator(args);
  const config = readConfig(readEnvironment(ROOT), ROOT);
  await withDatabaseUrl(config, 'operator create', async (url) => {
    await migrateDatabase(url, PATIENCE_MS);
    const db = openDatabase({ url, applicationName: 'switchboard-cli', poolSize: 1 });
    try {
      await createOperator({ db, log: quiet }, operator);
    } catch (error) {
      throw explain(error);
    } finally {
      await db.close();
    }
  });
  console.log(`${operator.role === 'ADMIN' ? 'Administrator' : 'Operator'} ${operator.email} is made.`);
}

async function readOperator([verb, ...args]: readonly string[]): Promise<NewOperator> {
  if (verb !== 'create') throw new Complaint(`operator: the one thing to do is "${USAGE}".`);
  const values = parse(args);
  const { email, name } = values;
  if (email === undefined) throw missing('--email');
  if (name === undefined) throw missing('--name');
  const role = ROLES.find((known) => known === (values.role ?? 'OPERATOR').toUpperCase());
  if (role === undefined) throw new Complaint(`--role is "${values.role}"; it must be ${ROLES.join(' or ')}.`);
  const password = values['password-stdin'] ? (await text(process.stdin)).replace(/\r?\n$/, '') : values.password;
  if (password === undefined) throw missing('--password (or --password-stdin)');
  return { email, name, password, role };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        email: { type: 'string' },
        name: { type: 'string' },
        password: { type: 'string' },
        'password-stdin': { type: 'boolean', default: false },
        role: { type: 'string' },
      },
    }).values;
  } catch (error) {
    // Its message may go on with advice; the first sentence says what is wrong.
    const [line] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new Complaint(`operator create: ${line}`, { cause: error });
  }
}

function missing(option: string): Complaint {
  return new Complaint(`${option} is missing: ${USAGE}`);
}

/** What the verb refused, in terms of the options. */
function explain(error: unknown): unknown {
  if (!(error instanceof ChatError)) return error;
  if (error.code !== 'invalid_request') return new Complaint(error.message, { cause: error });
  const fields = Object.entries(error.detail.fields ?? {}).map(([field, problem]) => `--${field} ${problem}`);
  return new Complaint(fields.length === 0 ? error.message : `${fields.join('; ')}.`, { cause: error });
}
