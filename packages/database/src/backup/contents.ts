import type pg from 'pg';

import { listTables, quoteAll } from './tables.ts';

/** Counts of the data that people would miss. */
export interface Contents {
  readonly operators: number;
  readonly conversations: number;
  readonly messages: number;
  readonly uploads: number;
}

const NAMES = { operators: 'User', conversations: 'Client', messages: 'ChatMessage', uploads: 'Upload' } as const;

/** Counts the data in the database; all 0 when it has no tables. */
export async function readContents(client: pg.Client): Promise<Contents> {
  const tables = await listTables(client);
  const count = async (table: string) => {
    if (!tables.includes(table)) return 0;
    const { rows } = await client.query<{ count: string }>(`SELECT count(*) AS count FROM ${quoteAll([table])}`);
    return Number(rows[0]?.count ?? 0);
  };
  return {
    operators: await count(NAMES.operators),
    conversations: await count(NAMES.conversations),
    messages: await count(NAMES.messages),
    uploads: await count(NAMES.uploads),
  };
}

/** The same counts from row counts by table. */
export function contentsOf(rows: Readonly<Record<string, number>>): Contents {
  const of = (table: string) => rows[table] ?? 0;
  return {
    operators: of(NAMES.operators),
    conversations: of(NAMES.conversations),
    messages: of(NAMES.messages),
    uploads: of(NAMES.uploads),
  };
}

export const isEmpty = (contents: Contents): boolean => Object.values(contents).every((count) => count === 0);

/** `2 operators, 1 conversation, 30 messages and 4 images` */
export function describeContents({ operators, conversations, messages, uploads }: Contents): string {
  const say = (count: number, one: string) => `${count.toLocaleString('en')} ${one}${count === 1 ? '' : 's'}`;
  return `${say(operators, 'operator')}, ${say(conversations, 'conversation')}, ${say(messages, 'message')} and ${say(uploads, 'image')}`;
}
