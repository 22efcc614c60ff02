import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';

/** Rows that one statement removes. */
const BATCH = 500;

/**
 * Removes operators' sessions and sign-in links that expired a day ago or earlier by the clock of the database, at most 500 of each. The day is for web
 * servers with another clock, which decide whether a session is still valid.
 *
 * @returns whether there may be more
 * @throws ChatError `forbidden` for everybody but the installation, `unavailable`
 */
export async function removeExpiredSessions(ctx: Pick<Context, 'db' | 'log'>, actor: Actor): Promise<boolean> {
  requirePermission(actor, 'operator.remove-expired-sessions');
  const { prisma } = ctx.db;
  return await withDatabase(ctx, async () => {
    const sessions = await prisma.$executeRaw`
      DELETE FROM "AuthSession" WHERE id IN (
        SELECT id FROM "AuthSession" WHERE "expiresAt" < now() - interval '1 day' LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED
      )`;
    const links = await prisma.$executeRaw`
      DELETE FROM "AuthVerification" WHERE id IN (
        SELECT id FROM "AuthVerification" WHERE "expiresAt" < now() - interval '1 day' LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED
      )`;
    return sessions === BATCH || links === BATCH;
  });
}
