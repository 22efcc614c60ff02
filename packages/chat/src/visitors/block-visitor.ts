import { lockClient, requireOperator } from '../access.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { writeRevocation } from '../revocations/revocations.ts';
import { withDatabase } from '../with-database.ts';

/** How the visitor stands now, and what whoever is to be told needs to know. */
export interface BlockedVisitor {
  /** ISO-8601, null when it is not blocked. */
  blockedAt: string | null;
  /** Where it is on the relay. */
  address: string | null;
  lastSeq: number;
  /** False when it stood like that before. */
  changed: boolean;
}

/**
 * Shuts a visitor out of its conversation, or lets it in again. From the moment this has returned nothing that it sends is saved, and it can read nothing;
 * what is there stays. Blocking who is blocked changes nothing and answers since when.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`
 */
export async function blockVisitor(
  ctx: Context,
  actor: Actor,
  { clientId, blocked }: { readonly clientId: number; readonly blocked: boolean },
): Promise<BlockedVisitor> {
  const { userId } = requireOperator(actor);
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const { id, blockedAt: before, address, lastSeq } = await lockClient(tx, actor, clientId);
        const changed = (before !== null) !== blocked;
        const now = ctx.clock();
        const blockedAt = blocked ? (before ?? now) : null;
        if (changed) {
          const data = { blockedAt, blockedById: blocked ? userId : null, updatedAt: now };
          await tx.client.update({ where: { id }, data, select: { id: true } });
        }
        // Each time that they are blocked: they may be at another address by now.
        if (blocked) await writeRevocation(tx, { role: 'client', id, at: now, address });
        return { blockedAt: blockedAt?.toISOString() ?? null, address, lastSeq, changed };
      }),
  );
}
