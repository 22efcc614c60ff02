import type { SavedView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { readSavedViews } from './saved-view.ts';

/**
 * The views that the caller has saved, by name.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators
 */
export async function listSavedViews(ctx: Context, actor: Actor): Promise<SavedView[]> {
  const operator = requirePermission(actor, 'saved-view.list');
  return await withDatabase(ctx, async () => await readSavedViews(ctx, operator));
}
