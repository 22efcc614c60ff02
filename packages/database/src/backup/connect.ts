import type pg from 'pg';

import { createClient } from '../connection/connections.ts';

const NO_LIMITS = [
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'transaction_timeout',
  'idle_session_timeout',
];

/** The text format of values, the same for writing and reading, whatever the servers' settings are. */
const TEXT_FORMAT = {
  client_encoding: 'UTF8',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
} as const;

/** Runs `use` on a connection without timeouts, and closes it afterwards, even in the middle of a statement. */
export async function withConnection<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  // A broken connection rejects the current statement or the next one.
  const client = createClient(url, 'switchboard-backup');
  await client.connect();
  try {
    // The server or the role may set limits. Not every version has every one of these settings.
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
