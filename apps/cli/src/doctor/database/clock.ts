import type { Database } from '@switchboard/database';

import { judgeClock } from '../clock.ts';
import type { Outcome } from '../outcome.ts';

/** Whether the database's clock, which dates saved messages, agrees with this machine's (`now`). */
export async function checkDatabaseClock({ prisma }: Pick<Database, 'prisma'>, now: () => number = Date.now): Promise<Outcome> {
  const sent = now();
  const [row] = await prisma.$queryRaw<{ ms: number }[]>`SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms`;
  const received = now();
  return judgeClock({ theirs: row?.ms ?? 0, ours: (sent + received) / 2, uncertaintyMs: (received - sent) / 2 });
}
