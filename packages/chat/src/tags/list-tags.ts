import type { TagView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { idAfter, pageOf, pageSize, type Page, type PageQuery } from '../pages.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { TAG_COLUMNS } from './tag.ts';

/**
 * A page of all tags, in the order in which they were added.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `invalid_request` for a cursor of another list
 */
export async function listTags(ctx: Context, actor: Actor, query: PageQuery): Promise<Page<TagView>> {
  requirePermission(actor, 'tag.list');
  const [where, size] = [{ id: { gt: idAfter(query) } }, pageSize(query)];
  const rows = await withDatabase(
    ctx,
    async () => await ctx.db.prisma.tag.findMany({ where, orderBy: { id: 'asc' }, take: size + 1, select: TAG_COLUMNS }),
  );
  return pageOf(
    rows,
    size,
    ({ id }) => id,
    (tag) => tag,
  );
}
