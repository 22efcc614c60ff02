import { Prisma } from '@switchboard/database';
import type { DraftView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { badCursor, pageOf, pageSize, type Page, type PageQuery } from '../pages.ts';
import { requirePermission } from '../permissions.ts';
import { clientsSeenBy } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { presentDraft, type DraftRow } from './draft.ts';

/** Milliseconds since 1970, client id, kind. */
const CURSOR = /^(\d{1,14})_(\d{1,9})_(reply|note)$/;

/**
 * A page of the operator's own drafts that are not empty, newest first, in conversations that they see.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `invalid_request` for a cursor of another list
 */
export async function listDrafts(ctx: Context, actor: Actor, query: PageQuery): Promise<Page<DraftView>> {
  const operator = requirePermission(actor, 'draft.list');
  const [rest, size] = [query.cursor === undefined ? Prisma.empty : after(query.cursor), pageSize(query)];
  const rows = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$queryRaw<DraftRow[]>`
      SELECT d."clientId", d.kind, d.text, d.version, d."updatedAt" FROM ${clientsSeenBy(operator)} JOIN "Draft" d ON d."clientId" = c.id
      WHERE d."userId" = ${operator.userId}::int AND d.text <> '' ${rest}
      ORDER BY d."updatedAt" DESC, d."clientId" DESC, d.kind DESC LIMIT ${size + 1}::int`,
  );
  return pageOf(rows, size, ({ updatedAt, ...draft }) => `${updatedAt.getTime()}_${draft.clientId}_${draft.kind}`, presentDraft);
}

function after(cursor: string): Prisma.Sql {
  const [, at, clientId, kind] = CURSOR.exec(cursor) ?? [];
  if (at === undefined) throw badCursor();
  return Prisma.sql`AND (d."updatedAt", d."clientId", d.kind) < (${new Date(Number(at)).toISOString()}::timestamptz, ${Number(clientId)}::int, ${kind})`;
}
