import { writeEvent } from '../events/write-event.ts';
import { isoTime } from '../iso-time.ts';
import { requirePermission } from '../permissions.ts';
import { lockClient } from '../visible.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { conversationChanged, type Effect, type WithEffects } from '../effects.ts';
import { writeRevocation } from '../revocations/revocations.ts';
import { withDatabase } from '../with-database.ts';

/** Whether the visitor is blocked now. */
export interface BlockedVisitor {
  /** ISO-8601, null when they are not blocked. */
  blockedAt: string | null;
  /** False when nothing has changed. */
  changed: boolean;
}

/**
 * Blocks a visitor, or unblocks them. Once it has returned, nothing that a blocked visitor sends is saved and they can read nothing; existing messages stay.
 * Blocking a blocked visitor changes nothing and answers since when they are blocked.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`
 */
export async function blockVisitor(
  ctx: Context,
  actor: Actor,
  { clientId, blocked }: { readonly clientId: number; readonly blocked: boolean },
): Promise<WithEffects<BlockedVisitor>> {
  const operator = requirePermission(actor, 'visitor.block');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const client = await lockClient(tx, actor, clientId);
        const { id, blockedAt: before, address } = client;
        const changed = (before !== null) !== blocked;
        const now = ctx.clock();
        const blockedAt = blocked ? (before ?? now) : null;
        if (changed) {
          const data = { blockedAt, blockedById: blocked ? operator.userId : null, updatedAt: now, version: { increment: 1 } };
          await tx.client.update({ where: { id }, data, select: { id: true } });
          const [from, to] = [{ blockedAt: isoTime(before) }, { blockedAt: isoTime(blockedAt) }];
          await writeEvent(tx, operator, { clientId: id, kind: blocked ? 'blocked' : 'unblocked', at: now, from, to });
        }
        // Also on a repeat: the visitor may have another address by now.
        if (blocked) await writeRevocation(tx, { role: 'client', id, at: now, address });
        const revoked: Effect[] = blocked ? [{ kind: 'access revoked', role: 'client', id, address }] : [];
        return { blockedAt: isoTime(blockedAt), changed, effects: [...revoked, conversationChanged(client, 'state', 'activity')] };
      }),
  );
}
