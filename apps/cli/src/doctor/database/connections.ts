import type { Database } from '@switchboard/database';

import { ok, type Outcome, warn } from '../outcome.ts';

const WARN_SHARE = 0.8;

/** The connections of clients, and their limit. */
export interface Connections {
  readonly used: number;
  readonly allowed: number;
}

export async function readConnections({ prisma }: Pick<Database, 'prisma'>): Promise<Connections> {
  // Some are reserved for superusers, and since PostgreSQL 16 some for pg_use_reserved_connections.
  const [row] = await prisma.$queryRaw<Connections[]>`
    SELECT (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true), '0')::int AS allowed`;
  return row ?? { used: 0, allowed: 0 };
}

/** Whether enough connections are free. */
export function judgeConnections({ used, allowed }: Connections): Outcome {
  if (used < WARN_SHARE * allowed) return ok(`${used} of ${allowed} in use`);
  return warn(
    `${used} of ${allowed} are in use`,
    'Raise max_connections, or lower DATABASE_POOL_SIZE: each web app uses that many plus two. pg_stat_activity shows who holds them.',
  );
}
