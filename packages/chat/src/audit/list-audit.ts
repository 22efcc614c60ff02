import { Prisma } from '@switchboard/database';
import type { AuditEntry } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { badCursor, pageOf, pageSize, type Page, type PageQuery } from '../pages.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';

interface AuditRow {
  readonly id: bigint;
  readonly at: Date;
  readonly actorKind: 'operator' | 'system';
  readonly actorId: number | null;
  readonly actorName: string | null;
  readonly action: string;
  readonly subject: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** A page of what was changed outside of conversations, the newest first. @throws ChatError `unauthenticated`, `forbidden`, `invalid_request`, `unavailable` */
export async function listAudit(ctx: Pick<Context, 'db' | 'log'>, actor: Actor, query: PageQuery): Promise<Page<AuditEntry>> {
  requirePermission(actor, 'audit.list');
  const size = pageSize(query);
  const older = query.cursor === undefined ? Prisma.empty : Prisma.sql`WHERE (at, id) < (${placeOf(query.cursor)})`;
  const rows = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$queryRaw<AuditRow[]>`
        SELECT id, at, "actorKind", "actorId", "actorName", action, subject, "from", "to" FROM "AuditEntry" ${older}
        ORDER BY at DESC, id DESC LIMIT ${size + 1}::int`,
  );
  return pageOf(
    rows,
    size,
    ({ at, id }) => `${at.getTime()}_${id}`,
    ({ id, at, actorKind, actorId, actorName, ...what }) => ({
      id: Number(id),
      at: at.toISOString(),
      actor: { kind: actorKind, id: actorId, name: actorName },
      ...what,
    }),
  );
}

/** Time and id of the last entry of a page: milliseconds since 1970, id. */
function placeOf(cursor: string): Prisma.Sql {
  const [, at, id] = /^(\d{1,14})_(\d{1,18})$/.exec(cursor) ?? [];
  if (at === undefined || id === undefined) throw badCursor();
  return Prisma.sql`${new Date(Number(at)).toISOString()}::timestamptz, ${BigInt(id)}::bigint`;
}
