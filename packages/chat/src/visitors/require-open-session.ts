import type { Audience } from '@switchboard/protocol';

import { requirePermission } from '../permissions.ts';
import { readClient } from '../visible.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { withDatabase } from '../with-database.ts';

/**
 * Resolves for a visitor whose chat has not ended, who may get a fresh token, with who may see their conversation.
 *
 * @throws ChatError `forbidden` for everybody but visitors, `not_found`, `blocked`, `unauthenticated` when they have ended their chat
 */
export async function requireOpenSession(ctx: Context, actor: Actor): Promise<Audience> {
  requirePermission(actor, 'session.renew');
  const { teamId, assigneeId } = await withDatabase(ctx, async () => await readClient(ctx.db.prisma, actor, undefined));
  return { teamId, assigneeId };
}
