import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';

/**
 * Which history of the data this is: a UUID that changes when a backup is restored.
 *
 * @throws ChatError `unauthenticated`, `unavailable`
 */
export async function readEpoch(ctx: Pick<Context, 'db' | 'log'>, actor: Actor): Promise<string> {
  requirePermission(actor, 'installation.read');
  const { epoch } = await withDatabase(ctx, async () => await ctx.db.prisma.installation.findFirstOrThrow({ select: { epoch: true } }));
  return epoch;
}
