import type { Database } from '@switchboard/database';

import { fail, ok, type Outcome } from '../outcome.ts';

const SETTINGS = ['fsync', 'full_page_writes', 'synchronous_commit'];

/** Whether commits are on disk before they are confirmed. Otherwise a power failure loses messages shown as `Sent`. */
export async function checkDurability({ prisma }: Pick<Database, 'prisma'>): Promise<Outcome> {
  const rows = await prisma.$queryRaw<{ name: string }[]>`
    SELECT name FROM pg_settings WHERE name = ANY(${SETTINGS}) AND setting = 'off' ORDER BY name`;
  if (rows.length === 0) return ok();
  const off = rows.map(({ name }) => name);
  return fail(
    `${off.join(' and ')} ${off.length === 1 ? 'is' : 'are'} off: a power failure loses confirmed messages, or the whole database`,
    `Set ${off.map((name) => `${name} = on`).join(', ')} (postgresql.conf, or ALTER DATABASE or ROLE … SET), and reload.`,
  );
}
