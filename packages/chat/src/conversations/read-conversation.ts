import { MAX_EARLIER_CHATS, MAX_READERS, type Conversation, type ConversationReader, type EarlierChat } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { isoTime } from '../iso-time.ts';
import { requirePermission } from '../permissions.ts';
import { conversationNotFound } from '../refusals.ts';
import { clientsSeenBy, readClient } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { readChatRows } from './chat-rows.ts';
import { settleWaitingChats } from './settle-waiting.ts';

/**
 * One conversation: its row, with the pages that its visitor was on; the operators who have read it and up to where, the last reader first; and its chats before
 * the newest one, newest first.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`
 */
export async function readConversation(ctx: Context, actor: Actor, clientId: number): Promise<Omit<Conversation, 'epoch'>> {
  const operator = requirePermission(actor, 'conversation.list');
  return await withDatabase(ctx, async () => {
    await settleWaitingChats(ctx);
    const { id } = await readClient(ctx.db.prisma, operator, clientId);
    const [[row], readers, chats] = await Promise.all([
      readChatRows(ctx, operator, [id], 'with pages'),
      readReaders(ctx, id),
      readEarlierChats(ctx, operator, id),
    ]);
    if (row === undefined) throw conversationNotFound();
    return { ...row, readers, chats };
  });
}

async function readReaders({ db: { prisma } }: Context, clientId: number): Promise<ConversationReader[]> {
  const rows = await prisma.conversationRead.findMany({
    where: { clientId },
    orderBy: [{ readAt: 'desc' }, { userId: 'asc' }],
    take: MAX_READERS,
    select: { readSeq: true, readAt: true, user: { select: { id: true, name: true } } },
  });
  return rows.map(({ readSeq, readAt, user: { id, name } }) => ({ id, name, readSeq, readAt: readAt.toISOString() }));
}

interface ChatRow {
  readonly id: number;
  readonly number: number;
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly closedBy: EarlierChat['closedBy'];
  readonly assignee: EarlierChat['assignee'];
  readonly rating: number | null;
}

async function readEarlierChats({ db: { prisma } }: Context, actor: Actor, clientId: number): Promise<EarlierChat[]> {
  const rows = await prisma.$queryRaw<ChatRow[]>`
    SELECT h.id, h.number, h."openedAt", h."closedAt", h.rating,
      CASE WHEN b.id IS NOT NULL THEN jsonb_build_object('id', b.id, 'name', b.name) END AS "closedBy",
      CASE WHEN a.id IS NOT NULL THEN jsonb_build_object('id', a.id, 'name', a.name) END AS assignee
    FROM ${clientsSeenBy(actor)} JOIN "Chat" h ON h."clientId" = c.id AND h.number < c."chatNumber"
    LEFT JOIN "User" b ON b.id = h."closedById"
    LEFT JOIN "User" a ON a.id = h."assigneeId"
    WHERE c.id = ${clientId}::int ORDER BY h.number DESC LIMIT ${MAX_EARLIER_CHATS}::int`;
  return rows.map(({ id, number, openedAt, closedAt, closedBy, assignee, rating }) => ({
    id,
    number,
    openedAt: openedAt.toISOString(),
    closedAt: isoTime(closedAt),
    closedBy,
    assignee,
    rating,
  }));
}
