import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';

/**
 * Records that the operator's last page of the console was closed. A page of another browser brings them back with its next heartbeat.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `unavailable`
 */
export async function leavePresence(ctx: Pick<Context, 'db' | 'log'>, actor: Actor): Promise<void> {
  const { userId } = requirePermission(actor, 'presence.record');
  await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$executeRaw`
        UPDATE "Presence" SET "isOnline" = false, "changedAt" = now() WHERE "userId" = ${userId}::int AND "isOnline"`,
  );
}
