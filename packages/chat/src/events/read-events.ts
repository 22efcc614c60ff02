import { MAX_PAGE_SIZE } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { readClient } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import type { ConversationEvent } from './event.ts';

/** Which events: after this number, at most `limit` of them. A page has at most `MAX_PAGE_SIZE`. */
export interface EventsQuery {
  readonly clientId: number;
  readonly afterActivitySeq?: number | undefined;
  readonly limit?: number | undefined;
}

/**
 * The events of a conversation, the oldest first.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`
 */
export async function readEvents(
  ctx: Context,
  actor: Actor,
  { clientId, afterActivitySeq = 0, limit = MAX_PAGE_SIZE }: EventsQuery,
): Promise<ConversationEvent[]> {
  requirePermission(actor, 'conversation.read-events');
  const rows = await withDatabase(ctx, async () => {
    const { id } = await readClient(ctx.db.prisma, actor, clientId);
    return await ctx.db.prisma.conversationEvent.findMany({
      where: { clientId: id, activitySeq: { gt: afterActivitySeq } },
      orderBy: { activitySeq: 'asc' },
      take: Math.max(1, Math.min(limit, MAX_PAGE_SIZE)),
    });
  });
  return rows.map(({ activitySeq, at, kind, actorKind, actorId, actorName, from, to, reason }) => ({
    activitySeq,
    at: at.toISOString(),
    kind,
    actor: { kind: actorKind, id: actorId, name: actorName },
    from,
    to,
    reason,
  }));
}
