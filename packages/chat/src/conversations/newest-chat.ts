import { Prisma } from '@switchboard/database';
import type { ConversationChat } from '@switchboard/protocol';

import { isoTime } from '../iso-time.ts';

/** A row of `CHAT_COLUMNS`. */
export interface ChatColumns {
  /** Null before the first chat, like `chatOpened`. */
  readonly chatId: number | null;
  readonly chatNumber: number;
  readonly chatOpened: Date | null;
  readonly chatClosed: Date | null;
  readonly rating: number | null;
  readonly tags: ConversationChat['tags'];
  readonly waitingSince: Date | null;
  readonly doneAt: Date | null;
  readonly snoozedAt: Date | null;
  readonly snoozedUntil: Date | null;
  readonly assigneeId: number | null;
  readonly assigneeName: string | null;
  readonly teamId: number | null;
  readonly teamName: string | null;
  readonly inboxId: number;
  readonly inboxName: string;
}

/** What is shown of the newest chat of the client `c`, with `CHAT_JOINS`: its state is the client's, everything else is in the row of the chat. */
export const CHAT_COLUMNS = Prisma.sql`h.id AS "chatId", c."chatNumber", h."openedAt" AS "chatOpened", h."closedAt" AS "chatClosed", h.rating,
  c."snoozedAt", c."snoozedUntil", c."assigneeId", a.name AS "assigneeName", c."teamId", t.name AS "teamName", i.id AS "inboxId", i.name AS "inboxName",
  COALESCE((
    SELECT jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) ORDER BY g."nameKey") FROM "ChatTag" k JOIN "Tag" g ON g.id = k."tagId" WHERE k."chatId" = h.id
  ), '[]') AS tags`;

/** Conversations without an inbox are in the default one. LATERAL, so that the chat is looked up, however few chats there are. */
export const CHAT_JOINS = Prisma.sql`LEFT JOIN LATERAL (
    SELECT id, "openedAt", "closedAt", rating FROM "Chat" WHERE "clientId" = c.id AND number = c."chatNumber" LIMIT 1
  ) h ON true
  LEFT JOIN "User" a ON a.id = c."assigneeId"
  LEFT JOIN "Team" t ON t.id = c."teamId"
  LEFT JOIN "Inbox" i ON i.id = COALESCE(c."inboxId", (SELECT d.id FROM "Inbox" d WHERE d."isDefault"))`;

/** The newest chat, null before the first one. */
export function presentChat(row: ChatColumns): ConversationChat | null {
  const { chatId, chatOpened, assigneeId, teamId } = row;
  if (chatId === null || chatOpened === null) return null;
  return {
    id: chatId,
    number: row.chatNumber,
    status: statusOf(row),
    snoozedUntil: isoTime(row.snoozedUntil),
    assignee: assigneeId === null ? null : { id: assigneeId, name: row.assigneeName ?? '' },
    team: teamId === null ? null : { id: teamId, name: row.teamName ?? '' },
    inbox: { id: row.inboxId, name: row.inboxName },
    waitingSince: isoTime(row.waitingSince),
    openedAt: chatOpened.toISOString(),
    closedAt: isoTime(row.chatClosed),
    tags: row.tags,
    rating: row.rating,
  };
}

function statusOf({ doneAt, snoozedAt }: ChatColumns): ConversationChat['status'] {
  if (doneAt !== null) return 'closed';
  return snoozedAt === null ? 'open' : 'snoozed';
}
