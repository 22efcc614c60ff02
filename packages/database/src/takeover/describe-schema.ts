import type pg from 'pg';

import { createClient } from '../connection/connections.ts';
import { type HistoryEntry, readHistory } from '../migrations/history.ts';
import { isAdditive, readMigrations } from '../migrations/list.ts';
import { readTables, type Table } from './catalog.ts';

/** The contents of the schema that Switchboard is configured to use. */
export type SchemaKind =
  /** No tables yet. */
  | 'empty'
  /** Switchboard's tables, of this version, an older one, or a newer one with only additive migrations. */
  | 'ours'
  /** Switchboard's tables with unknown migrations that are not additive. */
  | 'newer'
  /** An installation of the backend implementation guide that can be taken over. */
  | 'guide'
  /** Another program's tables. */
  | 'foreign';

export interface SchemaDescription {
  readonly kind: SchemaKind;
  /** The finding and the advice, in sentences; empty for 'empty' and 'ours'. */
  readonly message: string;
  /** The unknown migrations, for 'newer'. */
  readonly unknown: readonly string[];
}

/** Finds out what the schema of the database at `url` contains, without changing it. `folder` is the folder of our migrations. */
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

/** The same on an open connection. `known`: the names of our migrations, oldest first. */
export async function describe(client: pg.Client, known: readonly string[]): Promise<SchemaDescription> {
  const history = await readHistory(client);
  if (history.some(({ name, finished }) => name === known[0] && finished)) return describeOurs(history, known);
  const tables = await readTables(client);
  tables.delete('_prisma_migrations');
  if (tables.size === 0) return { kind: 'empty', message: '', unknown: [] };
  if (isGuide(tables))
    return {
      kind: 'guide',
      message:
        'The database holds an installation of the backend implementation guide. "npm run switchboard -- migrate" (npm start does it, too) takes it over: it keeps every row and adds what Switchboard needs.',
      unknown: [],
    };
  const names = [...tables.keys()].toSorted();
  if (tables.get('ChatMessage')?.has('seq') === true)
    return foreign('The database has tables of Switchboard but not their migrations table (_prisma_migrations). Restore that table, too.');
  const some = names.slice(0, 4).join(', ') + (names.length > 4 ? ` and ${names.length - 4} more` : '');
  return foreign(
    `The database contains tables of another program (${some}). Give Switchboard its own database, or its own schema in this one: add ?schema=switchboard to DATABASE_URL.`,
  );
}

const foreign = (message: string): SchemaDescription => ({ kind: 'foreign', message, unknown: [] });

/** Records before our first migration belong to the installation that was taken over; all later ones should be ours. */
function describeOurs(history: readonly HistoryEntry[], known: readonly string[]): SchemaDescription {
  const first = history.findIndex(({ name }) => name === known[0]);
  const unknown = history.slice(first + 1).flatMap(({ name }) => (known.includes(name) || isAdditive(name) ? [] : [name]));
  if (unknown.length === 0) return { kind: 'ours', message: '', unknown: [] };
  const newerMessage = `The database was migrated by a newer version of Switchboard (unknown migrations: ${unknown.join(', ')}). Start that version, or restore an older backup.`;
  const ambiguousMessage = `The database has migrations that this version does not know (${unknown.join(', ')}), and another program's records. If a newer version of Switchboard made them, start that version, or restore an older backup. If the other program made them, make it keep its records elsewhere.`;
  return { kind: 'newer', message: first === 0 ? newerMessage : ambiguousMessage, unknown };
}

/** Whether these are the guide's tables: messages with clients, without the columns that we added. */
function isGuide(tables: ReadonlyMap<string, Table>): boolean {
  const messages = tables.get('ChatMessage');
  const clients = tables.get('Client');
  const has = (table: Table | undefined, ...columns: string[]) => table !== undefined && columns.every((column) => table.has(column));
  return (
    has(messages, 'id', 'clientId', 'senderType', 'messageType', 'createdAt') && has(clients, 'id') && !has(messages, 'seq', 'messageKey')
  );
}
