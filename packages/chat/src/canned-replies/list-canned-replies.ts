import type { CannedReplyView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { idAfter, pageOf, pageSize, type Page, type PageQuery } from '../pages.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { presentReply, usableBy } from './canned-reply.ts';

/**
 * A page of the canned replies that the operator may use, in the order in which they were added: their own, those of their teams, everybody's; for those who may
 * change every shared one those of all teams.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `invalid_request` for a cursor of another list
 */
export async function listCannedReplies(ctx: Context, actor: Actor, query: PageQuery): Promise<Page<CannedReplyView>> {
  const operator = requirePermission(actor, 'canned-reply.list');
  const [where, size] = [{ id: { gt: idAfter(query) }, ...usableBy(operator) }, pageSize(query)];
  const rows = await withDatabase(
    ctx,
    async () => await ctx.db.prisma.cannedReply.findMany({ where, orderBy: { id: 'asc' }, take: size + 1 }),
  );
  return pageOf(rows, size, ({ id }) => id, presentReply);
}
