import { lockClient } from './access.ts';
import type { Actor } from './actor.ts';
import type { Context } from './context.ts';
import { withDatabase } from './with-database.ts';

/**
 * Ends a conversation; nothing is deleted. Ending an ended one changes nothing and answers when it was ended.
 *
 * @throws ChatError as `clientMeant`, and `not_found`
 */
export async function endChat(
  ctx: Context,
  actor: Actor,
  input: { readonly clientId?: number | undefined } = {},
): Promise<{ endedAt: string; address: string | null }> {
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const client = await lockClient(tx, actor, input.clientId);
        if (client.endedAt !== null) return { endedAt: client.endedAt.toISOString(), address: client.address };
        const endedAt = ctx.clock();
        await tx.client.update({ where: { id: client.id }, data: { status: 'ENDED', endedAt, updatedAt: endedAt }, select: { id: true } });
        await tx.chatSession.updateMany({ where: { clientId: client.id, endedAt: null }, data: { endedAt } });
        return { endedAt: endedAt.toISOString(), address: client.address };
      }),
  );
}
