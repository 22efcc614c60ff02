import type { Database } from '@switchboard/database';

import { fail, ok, type Outcome, warn } from '../outcome.ts';

/** As PostgreSQL numbers itself. */
const OLDEST = 140_000;
/** The oldest that still gets corrections: 14 had its last ones on 2026-11-12. */
const OLDEST_MAINTAINED = 150_000;

/** The server's version, as `server_version_num` says it. */
export async function readVersion({ prisma }: Pick<Database, 'prisma'>): Promise<number> {
  const [row] = await prisma.$queryRaw<{ version: number }[]>`SELECT current_setting('server_version_num')::int AS version`;
  return row?.version ?? 0;
}

/** Whether it is one that Switchboard works with. */
export function judgeVersion(version: number): Outcome {
  const told = `${Math.floor(version / 10_000)}.${version % 10_000}`;
  if (version >= OLDEST_MAINTAINED) return ok(told);
  if (version >= OLDEST)
    return warn(
      `it is ${told}, which gets no corrections any more, also none of its security`,
      'It works. Upgrade the server to 15 or later (pg_upgrade).',
    );
  return fail(`it is ${told}`, 'Switchboard needs 14 or later: upgrade the server (pg_upgrade), or give DATABASE_URL another one.');
}
