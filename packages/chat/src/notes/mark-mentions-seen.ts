import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { conversationChanged, type WithEffects } from '../effects.ts';
import { raiseVersion } from '../conversations/version.ts';
import { requirePermission } from '../permissions.ts';
import { lockClient } from '../visible.ts';
import { withDatabase } from '../with-database.ts';

/** `upToActivitySeq`: the newest note or event that the operator has seen. */
export interface SeenMentions {
  readonly clientId: number;
  readonly upToActivitySeq: number;
}

/**
 * The operator has seen the mentions of them in a conversation, up to this activity. A mention that a later change of a note has added stays unseen. A repeat
 * changes nothing. Answers how many mentions in the conversation they have not seen.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`
 */
export async function markMentionsSeen(
  ctx: Context,
  actor: Actor,
  { clientId, upToActivitySeq }: SeenMentions,
): Promise<WithEffects<{ unseen: number }>> {
  const { userId, ...operator } = requirePermission(actor, 'mention.mark-seen');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const client = await lockClient(tx, { userId, ...operator }, clientId);
        const mine = { userId, clientId: client.id, seenAt: null };
        const { count } = await tx.mention.updateMany({
          where: { ...mine, activitySeq: { lte: upToActivitySeq } },
          data: { seenAt: ctx.clock() },
        });
        if (count > 0) await raiseVersion(tx, client.id);
        // The operator's other pages show it, too.
        return { unseen: await tx.mention.count({ where: mine }), effects: [conversationChanged(client, 'activity')] };
      }),
  );
}
