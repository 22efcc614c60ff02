import type { Prisma } from '@switchboard/database';

import { writeEvent } from '../events/write-event.ts';
import { isoTime } from '../iso-time.ts';
import { requirePermission } from '../permissions.ts';
import { lockOwnClient, type ClientState } from '../visible.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { conversationChanged, type Effect, type WithEffects } from '../effects.ts';
import { writeRevocation } from '../revocations/revocations.ts';
import { withDatabase } from '../with-database.ts';

/** An ended conversation. */
export interface EndedChat {
  /** ISO-8601. */
  endedAt: string;
}

/**
 * Ends a conversation. Nothing is deleted. Ending an ended conversation changes nothing and answers when it was ended. When the visitor ends it, their tokens
 * allow nothing but reading the last page: the next person at this browser, or the holder of a copied token, cannot continue it. When an operator ends it, the
 * visitor's next message reopens it.
 *
 * @throws ChatError as `clientMeant`, `not_found`, and `blocked` for a visitor who is
 */
export async function endChat(
  ctx: Context,
  actor: Actor,
  input: { readonly clientId?: number | undefined } = {},
): Promise<WithEffects<EndedChat>> {
  requirePermission(actor, 'conversation.end');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const client = await lockOwnClient(tx, actor, input.clientId);
        const now = ctx.clock();
        const endedAt = client.endedAt ?? now;
        if (client.endedAt === null)
          await tx.client.update({
            where: { id: client.id },
            data: { status: 'ENDED', endedAt, updatedAt: now, version: { increment: 1 } },
            select: { id: true },
          });
        const left = actor.kind === 'visitor' ? await endSessions(tx, client, now) : [];
        if (client.endedAt === null || left.some(({ kind }) => kind === 'visitor left'))
          await writeEvent(tx, actor, {
            clientId: client.id,
            kind: 'ended',
            at: now,
            from: { endedAt: isoTime(client.endedAt) },
            to: { endedAt: isoTime(endedAt) },
          });
        return { endedAt: endedAt.toISOString(), effects: [...left, conversationChanged(client, 'state', 'activity')] };
      }),
  );
}

/** Ends the visitor's sessions, also where an operator had ended the chat before. */
async function endSessions(
  tx: Prisma.TransactionClient,
  { id, address }: Pick<ClientState, 'id' | 'address'>,
  at: Date,
): Promise<Effect[]> {
  const { count } = await tx.chatSession.updateMany({ where: { clientId: id, endedAt: null }, data: { endedAt: at } });
  if (count > 0) await writeRevocation(tx, { role: 'client', id, at, address });
  // Operators are notified once that the visitor left; the relay may receive a revocation any number of times.
  const left: Effect[] = count > 0 ? [{ kind: 'visitor left', clientId: id, address }] : [];
  return [...left, { kind: 'access revoked', role: 'client', id, address }];
}
