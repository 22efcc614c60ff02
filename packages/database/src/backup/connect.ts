import type pg from 'pg';

import { createClient } from '../connection/connections.ts';

const NO_LIMITS = [
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'transaction_timeout',
  'idle_session_timeout',
];

/** How values are written as text and read again: the same on both sides, whatever the servers are set to. */
const TEXT_FORMAT = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
} as const;

/** Runs `use` on a connection that may take its time, and closes it afterwards, in the middle of a statement too. */
export async function withConnection<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  // A connection that breaks rejects the statement under way, or the next one.
  const client = createClient(url, 'switchboard-backup');
  await client.connect();
  try {
    // A server or a role may have limits of its own. Not every version knows every one of them.
    await client.query(`SELECT set_config(name, '0', false) FROM pg_settings WHERE name = ANY($1)`, [NO_LIMITS]);
    await client.query('SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS setting(name, value)', [
      Object.keys(TEXT_FORMAT),
      Object.values(TEXT_FORMAT),
    ]);
    return await use(client);
  } finally {
    await client.end();
  }
}
