import { readClient } from '../access.ts';
import type { ClientActor } from '../actor.ts';
import type { Context } from '../context.ts';
import { withDatabase } from '../with-database.ts';

/**
 * Resolves for a visitor whose chat goes on: they may have a fresh token.
 *
 * @throws ChatError `not_found`, `blocked`, `unauthenticated` when they have ended it
 */
export async function requireOpenSession(ctx: Context, actor: ClientActor): Promise<void> {
  await withDatabase(ctx, async () => await readClient(ctx.db.prisma, actor, undefined));
}
