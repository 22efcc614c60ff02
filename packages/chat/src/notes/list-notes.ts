import type { NoteView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { idAfter, pageOf, pageSize, type Page, type PageQuery } from '../pages.ts';
import { requirePermission } from '../permissions.ts';
import { readClient } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { presentNote } from './note.ts';

/** Which notes: a page of those of one conversation. */
export interface NotesQuery extends PageQuery {
  readonly clientId: number;
}

/**
 * The notes of a conversation that have not been deleted, newest first.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`, `invalid_request` for a cursor of another list
 */
export async function listNotes(ctx: Context, actor: Actor, query: NotesQuery): Promise<Page<NoteView>> {
  const operator = requirePermission(actor, 'note.list');
  const [before, size] = [query.cursor === undefined ? undefined : idAfter(query), pageSize(query)];
  const rows = await withDatabase(ctx, async () => {
    const { id: clientId } = await readClient(ctx.db.prisma, operator, query.clientId);
    return await ctx.db.prisma.note.findMany({
      where: { clientId, deletedAt: null, ...(before === undefined ? {} : { activitySeq: { lt: before } }) },
      orderBy: { activitySeq: 'desc' },
      take: size + 1,
    });
  });
  return pageOf(rows, size, ({ activitySeq }) => activitySeq, presentNote);
}
