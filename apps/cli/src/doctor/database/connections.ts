import type { Database } from '@switchboard/database';

import { ok, type Outcome, warn } from '../outcome.ts';

const MUCH = 0.8;

/** How many connections clients have, and how many they may have. */
export interface Connections {
  readonly used: number;
  readonly allowed: number;
}

export async function readConnections({ prisma }: Pick<Database, 'prisma'>): Promise<Connections> {
  // Some are kept for superusers, and since PostgreSQL 16 some for a role of their own.
  const [row] = await prisma.$queryRaw<Connections[]>`
    SELECT (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend') AS used,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true), '0')::int AS allowed`;
  return row ?? { used: 0, allowed: 0 };
}

/** Whether there are connections left for what comes. */
export function judgeConnections({ used, allowed }: Connections): Outcome {
  if (used < MUCH * allowed) return ok(`${used} of ${allowed} in use`);
  return warn(
    `${used} of ${allowed} are in use`,
    'Raise max_connections, or lower DATABASE_POOL_SIZE: each web app takes that many and two more. pg_stat_activity shows who holds them.',
  );
}
