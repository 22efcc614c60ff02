import pg from 'pg';

import type { Prisma } from './generated/client.ts';
import { statementName } from './statement-name.ts';

type Row = pg.QueryResultRow;

/** The result of a statement. */
export interface Answer {
  /** `SELECT`, `COMMIT` … */
  readonly command: string;
  readonly rows: Row[];
}

interface Field {
  readonly name: string;
  readonly dataTypeID: Parameters<typeof pg.types.getTypeParser>[0];
}

/**
 * A pipeline of statements: one packet to the server and one back, where `pg` would send one for each statement (on a machine that runs both sides, waking
 * the other process is the main cost). When a statement fails, the server skips the following ones.
 */
export class Batch implements pg.Submittable {
  /** The results, in order. Rejects with the error of the first failed statement, or of the connection. */
  readonly answers: Promise<Answer[]>;
  readonly #statements: readonly { readonly text: string; readonly values: (string | null)[] }[];
  readonly #done: Answer[] = [];
  readonly #resolve: (answers: Answer[]) => void;
  readonly #reject: (error: Error) => void;
  #fields: readonly (Field & { parse: (value: string) => unknown })[] = [];
  #rows: Row[] = [];

  /** @throws TypeError for a value that can't be encoded as text */
  constructor(statements: readonly Prisma.Sql[]) {
    this.#statements = statements.map(({ text, values }) => ({ text, values: values.map(encode) }));
    let [resolve, reject]: [(answers: Answer[]) => void, (error: Error) => void] = [() => undefined, () => undefined];
    this.answers = new Promise((...settle) => ([resolve, reject] = settle));
    this.#resolve = resolve;
    this.#reject = reject;
  }

  readonly submit = (connection: pg.Connection): void => {
    const prepared = preparedOn(connection);
    connection.stream.cork();
    for (const { text, values } of this.#statements) {
      const name = statementName(text) ?? '';
      if (name === '' || !prepared.has(name)) {
        connection.parse({ name, text, types: [] }, true);
        prepared.add(name);
      }
      connection.bind({ statement: name, values }, true);
      connection.describe({ type: 'P' }, true);
      connection.execute({}, true);
    }
    connection.sync();
    connection.stream.uncork();
  };

  // `pg.Client` calls the following methods as messages arrive.

  handleRowDescription({ fields }: { readonly fields: readonly Field[] }): void {
    this.#fields = fields.map(({ name, dataTypeID }) => ({ name, dataTypeID, parse: pg.types.getTypeParser(dataTypeID, 'text') }));
  }

  handleDataRow({ fields: values }: { readonly fields: readonly (string | null)[] }): void {
    const row: Row = {};
    for (const [index, { name, parse }] of this.#fields.entries()) {
      const value = values[index] ?? null;
      row[name] = value === null ? null : parse(value);
    }
    this.#rows.push(row);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#done.push({ command: text.split(' ', 1)[0] ?? '', rows: this.#rows });
    this.#rows = [];
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#done);
  }

  handleError(error: Error): void {
    this.#reject(error);
  }
}

interface Prepared {
  /** Whether the server has prepared the statement, or will before it handles the next message. */
  has(name: string): boolean;
  /** Records that the statement was sent to be prepared. */
  add(name: string): void;
}

const prepared = new WeakMap<pg.Connection, Prepared>();

/** The statements that the server has prepared on a connection. It skips those that follow a failed statement in a batch. */
function preparedOn(connection: pg.Connection): Prepared {
  const known = prepared.get(connection);
  if (known !== undefined) return known;
  const names = new Set<string>();
  let sent: string[] = [];
  connection.on('parseComplete', () => names.add(sent.shift() ?? ''));
  connection.on('readyForQuery', () => (sent = []));
  const made = { has: (name: string) => names.has(name) || sent.includes(name), add: (name: string) => void sent.push(name) };
  prepared.set(connection, made);
  return made;
}

/** Encodes a value, or an array of values, in PostgreSQL's text format. */
function encode(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return Array.isArray(value) ? `{${value.map(encodeElement).join(',')}}` : encodeScalar(value);
}

function encodeElement(value: unknown): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value !== 'string') return encodeScalar(value);
  return `"${/["\\]/.test(value) ? value.replaceAll(/["\\]/g, String.raw`\$&`) : value}"`;
}

function encodeScalar(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new TypeError(`A ${typeof value} can't be a parameter of a statement in transact(): pass it as text.`);
}
