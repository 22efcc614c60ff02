import { isDeepStrictEqual } from 'node:util';

import { errorFor, type SavedView, type SavedViewFilters } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { findSavedView, lockSavedViews, presentSavedView } from './saved-view.ts';

/** What to make of a saved view; `expected` is what the caller has seen. */
export interface SavedViewChange {
  readonly id: number;
  readonly name?: string | undefined;
  /** As a whole. */
  readonly filters?: SavedViewFilters | undefined;
  readonly expected: { readonly version: number };
}

/**
 * Changes a view that the caller has saved. Repeating it changes nothing.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found` also for those of others, `conflict` when it has another version than
 * expected, or when another view has the name: `current` is that view
 */
export async function changeSavedView(ctx: Context, actor: Actor, { id, expected, ...given }: SavedViewChange): Promise<SavedView> {
  const operator = requirePermission(actor, 'saved-view.change');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        await lockSavedViews(tx, operator);
        const before = await findSavedView(tx, operator, id);
        const { name = before.name, filters = before.filters } = given;
        if (name === before.name && isDeepStrictEqual(filters, before.filters)) return before;
        if (expected.version !== before.version) throw errorFor('saved_view_changed', undefined, { current: before });
        const other = await tx.savedView.findUnique({ where: { userId_name: { userId: operator.userId, name } } });
        if (other !== null && other.id !== id) throw errorFor('saved_view_name_taken', { name }, { current: presentSavedView(other) });
        const { version } = await tx.savedView.update({ where: { id }, data: { name, filters, version: { increment: 1 } } });
        return { id, name, filters, version };
      }),
  );
}
