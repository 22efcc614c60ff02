import type { PresenceView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { idAfter, pageOf, pageSize, type Page, type PageQuery } from '../pages.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { IS_ONLINE } from './is-online.ts';

/** A page of the operators who are online, in the order of their ids. @throws ChatError `unauthenticated`, `forbidden`, `invalid_request`, `unavailable` */
export async function listPresence(ctx: Pick<Context, 'db' | 'log'>, actor: Actor, query: PageQuery = {}): Promise<Page<PresenceView>> {
  requirePermission(actor, 'presence.list');
  const size = pageSize(query);
  const after = idAfter(query);
  const rows = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$queryRaw<{ operatorId: number; name: string; isAvailable: boolean; changedAt: Date }[]>`
        SELECT u.id AS "operatorId", u.name, p."isAvailable", p."changedAt" FROM "Presence" p JOIN "User" u ON u.id = p."userId"
        WHERE ${IS_ONLINE} AND u.id > ${after}::int ORDER BY u.id LIMIT ${size + 1}::int`,
  );
  return pageOf(
    rows,
    size,
    ({ operatorId }) => operatorId,
    ({ changedAt, ...row }) => ({ ...row, changedAt: changedAt.toISOString() }),
  );
}

/** How many operators are online, and how many of them are available. @throws ChatError `forbidden` for everybody but the installation, `unavailable` */
export async function countPresence(ctx: Pick<Context, 'db' | 'log'>, actor: Actor): Promise<{ online: number; available: number }> {
  requirePermission(actor, 'presence.count');
  const [row] = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$queryRaw<{ online: number; available: number }[]>`
        SELECT count(*)::int AS online, (count(*) FILTER (WHERE p."isAvailable"))::int AS available FROM "Presence" p WHERE ${IS_ONLINE}`,
  );
  return row ?? { online: 0, available: 0 };
}
