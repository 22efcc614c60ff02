import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { findSavedView, lockSavedViews } from './saved-view.ts';

/**
 * Removes a view that the caller has saved.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found` also for those of others
 */
export async function removeSavedView(ctx: Context, actor: Actor, id: number): Promise<void> {
  const operator = requirePermission(actor, 'saved-view.change');
  await withDatabase(ctx, async () => {
    await ctx.db.prisma.$transaction(async (tx) => {
      await lockSavedViews(tx, operator);
      await findSavedView(tx, operator, id);
      await tx.savedView.delete({ where: { id } });
    });
  });
}
