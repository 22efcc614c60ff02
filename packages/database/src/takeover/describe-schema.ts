import type pg from 'pg';

import { createClient } from '../connection/connections.ts';
import { type HistoryEntry, readHistory } from '../migrations/history.ts';
import { isAdditive, readMigrations } from '../migrations/list.ts';
import { readTables, type Table } from './catalogue.ts';

/** What stands in the schema that Switchboard was given. */
export type SchemaKind =
  /** Nothing: it is for us to fill. */
  | 'empty'
  /** Switchboard's, of this version or an older one, or of a newer one that only added. */
  | 'ours'
  /** Switchboard's, changed by something that this version does not know. */
  | 'newer'
  /** An installation of the backend implementation guide, which can be taken over. */
  | 'guide'
  /** Somebody else's. */
  | 'foreign';

export interface SchemaDescription {
  readonly kind: SchemaKind;
  /** What was found and what to do, in sentences; empty for 'empty' and 'ours'. */
  readonly says: string;
  /** Migrations that this version does not know, for 'newer'. */
  readonly unknown: readonly string[];
}

/** Tells what stands in the schema of the database at `url`; changes nothing. `folder` is that of our migrations. */
export async function describeSchema(url: string, folder: string): Promise<SchemaDescription> {
  const client = createClient(url, 'switchboard-look');
  try {
    await client.connect();
    const known = await readMigrations(folder);
    return await describe(
      client,
      known.map(({ name }) => name),
    );
  } finally {
    await client.end();
  }
}

/** The same over an open connection. `known` are the names of our migrations, oldest first. */
export async function describe(client: pg.Client, known: readonly string[]): Promise<SchemaDescription> {
  const history = await readHistory(client);
  if (history.some(({ name, finished }) => name === known[0] && finished)) return describeOurs(history, known);
  const tables = await readTables(client);
  tables.delete('_prisma_migrations');
  if (tables.size === 0) return { kind: 'empty', says: '', unknown: [] };
  if (isGuide(tables))
    return {
      kind: 'guide',
      says: 'The database holds an installation of the backend implementation guide. "npm run switchboard -- migrate" (npm start does it) takes it over: it keeps every row, and adds what Switchboard needs.',
      unknown: [],
    };
  const names = [...tables.keys()].toSorted();
  if (tables.get('ChatMessage')?.has('seq') === true)
    return foreign(
      'The database has tables of Switchboard without their record of migrations (_prisma_migrations). Restore that table too.',
    );
  const some = names.slice(0, 4).join(', ') + (names.length > 4 ? ` and ${names.length - 4} more` : '');
  return foreign(
    `The database holds tables of another program (${some}). Give Switchboard a database of its own, or a schema of its own in this one: add ?schema=switchboard to DATABASE_URL.`,
  );
}

const foreign = (says: string): SchemaDescription => ({ kind: 'foreign', says, unknown: [] });

/** What was recorded before our first migration is of the program whose installation was taken over; what comes after it ought to be ours. */
function describeOurs(history: readonly HistoryEntry[], known: readonly string[]): SchemaDescription {
  const first = history.findIndex(({ name }) => name === known[0]);
  const unknown = history.slice(first + 1).flatMap(({ name }) => (known.includes(name) || isAdditive(name) ? [] : [name]));
  if (unknown.length === 0) return { kind: 'ours', says: '', unknown: [] };
  const newer = `The database was migrated by a newer version of Switchboard (it has ${unknown.join(', ')}). Start that version, or restore a backup from before it.`;
  const either = `The database has migrations that this version does not know (${unknown.join(', ')}), and a record of another program. If a newer version of Switchboard made them, start that version, or restore a backup from before it; if the other program did, let it keep its record elsewhere.`;
  return { kind: 'newer', says: first === 0 ? newer : either, unknown };
}

/** The tables of the guide, by what makes them unmistakable: its messages with their clients, and none of what we have added. */
function isGuide(tables: ReadonlyMap<string, Table>): boolean {
  const messages = tables.get('ChatMessage');
  const clients = tables.get('Client');
  const has = (table: Table | undefined, ...columns: string[]) => table !== undefined && columns.every((column) => table.has(column));
  return (
    has(messages, 'id', 'clientId', 'senderType', 'messageType', 'createdAt') && has(clients, 'id') && !has(messages, 'seq', 'messageKey')
  );
}
