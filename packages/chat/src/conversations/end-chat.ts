import { lockOwnClient } from '../access.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { writeRevocation } from '../revocations/revocations.ts';
import { withDatabase } from '../with-database.ts';

/** A conversation that stands ended. */
export interface EndedChat {
  /** ISO-8601. */
  endedAt: string;
  /** Where the visitor is on the relay. */
  address: string | null;
  clientId: number;
  lastSeq: number;
  /** False when it had been ended before. */
  changed: boolean;
}

/**
 * Ends a conversation; nothing is deleted. Ending an ended one changes nothing and answers when it was ended. When the visitor ends it, their tokens open
 * nothing any more but the last page: whoever sits at this browser next, or has a copy of a token, can neither go on nor come back. When an operator does,
 * the visitor's next message opens it again.
 *
 * @throws ChatError as `clientMeant`, `not_found`, and `blocked` for a visitor who is
 */
export async function endChat(ctx: Context, actor: Actor, input: { readonly clientId?: number | undefined } = {}): Promise<EndedChat> {
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const { id, endedAt: before, address, lastSeq } = await lockOwnClient(tx, actor, input.clientId);
        const now = ctx.clock();
        if (before === null)
          await tx.client.update({ where: { id }, data: { status: 'ENDED', endedAt: now, updatedAt: now }, select: { id: true } });
        if (actor.kind === 'client') {
          const { count } = await tx.chatSession.updateMany({ where: { clientId: id, endedAt: null }, data: { endedAt: now } });
          if (count > 0) await writeRevocation(tx, { role: 'client', id, at: now, address });
        }
        return { endedAt: (before ?? now).toISOString(), address, clientId: id, lastSeq, changed: before === null };
      }),
  );
}
