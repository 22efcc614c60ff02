import type { Database } from '@switchboard/database';

import { fail, ok, type Outcome } from '../outcome.ts';

/** As PostgreSQL numbers itself. */
const OLDEST = 140_000;

/** The server's version, as `server_version_num` says it. */
export async function readVersion({ prisma }: Pick<Database, 'prisma'>): Promise<number> {
  const [row] = await prisma.$queryRaw<{ version: number }[]>`SELECT current_setting('server_version_num')::int AS version`;
  return row?.version ?? 0;
}

/** Whether it is one that Switchboard works with. */
export function judgeVersion(version: number): Outcome {
  const told = `${Math.floor(version / 10_000)}.${version % 10_000}`;
  if (version >= OLDEST) return ok(told);
  return fail(`it is ${told}`, 'Switchboard needs 14 or later: upgrade the server (pg_upgrade), or give DATABASE_URL another one.');
}
