import type { InboxView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { idAfter, pageOf, pageSize, type Page, type PageQuery } from '../pages.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { INBOX_COLUMNS } from './inbox-view.ts';

/** A page of the inboxes, in the order of their ids. @throws ChatError `unauthenticated`, `forbidden`, `invalid_request`, `unavailable` */
export async function listInboxes(ctx: Pick<Context, 'db' | 'log'>, actor: Actor, query: PageQuery = {}): Promise<Page<InboxView>> {
  requirePermission(actor, 'inbox.list');
  const size = pageSize(query);
  const where = { id: { gt: idAfter(query) } };
  const rows = await withDatabase(
    ctx,
    async () => await ctx.db.prisma.inbox.findMany({ where, select: INBOX_COLUMNS, orderBy: { id: 'asc' }, take: size + 1 }),
  );
  return pageOf(
    rows,
    size,
    ({ id }) => id,
    (row) => row,
  );
}
