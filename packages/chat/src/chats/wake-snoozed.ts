import type { Audience } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { conversationChanged, type WithEffects } from '../effects.ts';
import { writeEvent } from '../events/write-event.ts';
import { isoTime } from '../iso-time.ts';
import { requirePermission } from '../permissions.ts';
import { clientsSeenBy } from '../visible.ts';
import { withDatabase } from '../with-database.ts';

interface Woken extends Audience {
  readonly id: number;
  readonly lastSeq: number;
  readonly snoozedUntil: Date;
  readonly address: string | null;
}

/** Chats that one call brings back, in a transaction that locks their rows. */
const PER_STEP = 100;

/**
 * Brings back snoozed chats whose time has come, at most a hundred, the longest overdue first. Several processes may call it at once: each chat comes back
 * once.
 *
 * @returns how many there were, and the effects on them
 * @throws ChatError `forbidden` for everybody but the installation, `unavailable`
 */
export async function wakeSnoozed(ctx: Context, actor: Actor): Promise<WithEffects<{ readonly woken: number }>> {
  const system = requirePermission(actor, 'chat.wake-snoozed');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const now = ctx.clock();
        const rows = await tx.$queryRaw<Woken[]>`
          SELECT c.id, c."lastSeq", c."snoozedUntil", c."teamId", c."assigneeId",
            (SELECT COALESCE(s."clientSocketId", s.id::text) FROM "ChatSession" s WHERE s."clientId" = c.id ORDER BY s."startedAt" DESC LIMIT 1) AS address
          FROM ${clientsSeenBy(system)} WHERE c."snoozedAt" IS NOT NULL AND c."snoozedUntil" <= ${now.toISOString()}::timestamptz
          ORDER BY c."snoozedUntil", c.id LIMIT ${PER_STEP}::int FOR NO KEY UPDATE OF c SKIP LOCKED`;
        for (const { id, snoozedUntil } of rows) {
          await tx.client.update({
            where: { id },
            data: { snoozedAt: null, snoozedUntil: null, updatedAt: now, version: { increment: 1 } },
            select: { id: true },
          });
          await writeEvent(tx, system, {
            clientId: id,
            kind: 'unsnoozed',
            at: now,
            from: { snoozedUntil: isoTime(snoozedUntil) },
            to: { snoozedUntil: null },
          });
        }
        return { woken: rows.length, effects: rows.map((row) => conversationChanged(row, 'state', 'activity')) };
      }),
  );
}
