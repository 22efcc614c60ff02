import { isDeepStrictEqual } from 'node:util';

import { errorFor, MAX_SAVED_VIEWS, type SavedView, type SavedViewFilters } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { lockSavedViews, presentSavedView } from './saved-view.ts';

/** `name`: unique among the operator's saved views. */
export interface NewSavedView {
  readonly name: string;
  readonly filters: SavedViewFilters;
}

/**
 * Saves a view of the caller. Repeating it answers the same view.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `conflict` when they have another one of this name (`current`) or
 * `MAX_SAVED_VIEWS` already
 */
export async function createSavedView(ctx: Context, actor: Actor, { name, filters }: NewSavedView): Promise<SavedView> {
  const operator = requirePermission(actor, 'saved-view.change');
  const { userId } = operator;
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        await lockSavedViews(tx, operator);
        const before = await tx.savedView.findUnique({ where: { userId_name: { userId, name } } });
        const current = before === null ? undefined : presentSavedView(before);
        if (current !== undefined && isDeepStrictEqual(current.filters, filters)) return current;
        if (before !== null) throw errorFor('saved_view_name_taken', { name }, { current });
        if ((await tx.savedView.count({ where: { userId } })) >= MAX_SAVED_VIEWS)
          throw errorFor('too_many_saved_views', { limit: MAX_SAVED_VIEWS });
        const { id, version } = await tx.savedView.create({ data: { userId, name, filters } });
        return { id, name, filters, version };
      }),
  );
}
