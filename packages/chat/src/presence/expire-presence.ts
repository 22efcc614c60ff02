import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { IS_ONLINE } from './is-online.ts';

/**
 * Sets the operators offline whose consoles have sent no heartbeat for `OFFLINE_AFTER_S`, by the clock of the database. Several servers may do this at once: each
 * operator is counted by one of them.
 *
 * @returns how many
 * @throws ChatError `forbidden` for everybody but the installation, `unavailable`
 */
export async function expirePresence(ctx: Pick<Context, 'db' | 'log'>, actor: Actor): Promise<number> {
  requirePermission(actor, 'presence.expire');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma
        .$executeRaw`UPDATE "Presence" p SET "isOnline" = false, "changedAt" = now() WHERE p."isOnline" AND NOT ${IS_ONLINE}`,
  );
}
