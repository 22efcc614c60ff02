import type { Database } from '@switchboard/database';

import { fail, ok, type Outcome, warn } from '../outcome.ts';

/** As in `server_version_num`. */
const OLDEST = 140_000;
/** The oldest version that still gets fixes: 14 got its last ones on 2026-11-12. */
const OLDEST_MAINTAINED = 150_000;

/** The server's `server_version_num`. */
export async function readVersion({ prisma }: Pick<Database, 'prisma'>): Promise<number> {
  const [row] = await prisma.$queryRaw<{ version: number }[]>`SELECT current_setting('server_version_num')::int AS version`;
  return row?.version ?? 0;
}

/** Whether Switchboard works with this version. */
export function judgeVersion(version: number): Outcome {
  const description = `${Math.floor(version / 10_000)}.${version % 10_000}`;
  if (version >= OLDEST_MAINTAINED) return ok(description);
  if (version >= OLDEST)
    return warn(
      `it is ${description}, which no longer gets fixes, including security fixes`,
      'It still works. Upgrade the server to 15 or later (pg_upgrade).',
    );
  return fail(
    `it is ${description}`,
    'Switchboard needs 14 or later: upgrade the server (pg_upgrade), or set DATABASE_URL to another one.',
  );
}
