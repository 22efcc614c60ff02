import { Prisma } from '@switchboard/database';
import { MAX_RECENT_CHATS, MAX_URL_LENGTH, type Receipts, type RecentChat } from '@switchboard/protocol';

import { requireOperator } from './access.ts';
import type { Actor } from './actor.ts';
import type { Context } from './context.ts';
import { MESSAGE_COLUMNS, MESSAGE_JOINS, presentMessage, type MessageRow } from './present-message.ts';
import { receiptsOf } from './receipts.ts';
import { withDatabase } from './with-database.ts';

/** `limit` defaults to and is capped at `MAX_RECENT_CHATS`; `before` is the last row of the page before. */
export interface RecentChatsQuery {
  readonly limit?: number | undefined;
  readonly before?: { readonly lastActivityAt: string; readonly id: number } | undefined;
}

type RecentRow = { [K in keyof MessageRow]: MessageRow[K] | null } & {
  readonly recentId: number;
  readonly username: string;
  readonly phone: string | null;
  readonly email: string | null;
  readonly status: 'ACTIVE' | 'ENDED';
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly blockedAt: Date | null;
  readonly lastActivityAt: Date;
  readonly unreadCount: number;
  readonly address: string | null;
  readonly pageUrl: string | null;
} & Receipts;

/**
 * Conversations by their newest activity, newest first, each with its newest message and the number of unread ones. What it costs depends on the
 * number of rows asked for alone: every counter is kept with the client, and the newest message is found by its number. A picture that an old front-end put
 * into its message as a data URL is left out: two hundred of them are a gigabyte. The conversation's page has it.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators
 */
export async function listRecentChats(ctx: Context, actor: Actor, query: RecentChatsQuery = {}): Promise<RecentChat[]> {
  requireOperator(actor);
  const limit = Math.max(1, Math.min(query.limit ?? MAX_RECENT_CHATS, MAX_RECENT_CHATS));
  const { before } = query;
  const page =
    before === undefined
      ? Prisma.empty
      : Prisma.sql`WHERE ("lastActivityAt", id) < (${before.lastActivityAt}::timestamptz, ${before.id}::int)`;
  const rows = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$queryRaw<RecentRow[]>`
      WITH c AS (SELECT * FROM "Client" ${page} ORDER BY "lastActivityAt" DESC, id DESC LIMIT ${limit}::int)
      SELECT c.id AS "recentId", c.username, c.phone, c.email, c.status, c."createdAt" AS "startedAt", c."endedAt", c."blockedAt", c."lastActivityAt",
        c."unreadCount", c."clientDeliveredSeq", c."clientReadSeq", c."operatorDeliveredSeq", c."operatorReadSeq", s.address, s."pageUrl", ${MESSAGE_COLUMNS}
      FROM c
      LEFT JOIN LATERAL (
        SELECT COALESCE(s."clientSocketId", s.id::text) AS address, s."pageUrl"
        FROM "ChatSession" s WHERE s."clientId" = c.id ORDER BY s."startedAt" DESC LIMIT 1
      ) s ON true
      LEFT JOIN LATERAL (
        SELECT id, "messageKey", seq, "clientId", "senderType", "messageType", text, "imageName", "mimeType", "operatorId", "isRead", "readAt", "createdAt",
          CASE WHEN octet_length("imageUrl") <= ${MAX_URL_LENGTH}::int THEN "imageUrl" END AS "imageUrl"
        FROM "ChatMessage" WHERE "clientId" = c.id AND seq = c."lastSeq"
      ) m ON true
      ${MESSAGE_JOINS}
      ORDER BY c."lastActivityAt" DESC, c.id DESC`,
  );
  return rows.map((row) => present(ctx, actor, row));
}

function present(ctx: Context, actor: Actor, row: RecentRow): RecentChat {
  return {
    client: {
      id: row.recentId,
      username: row.username,
      phone: row.phone,
      email: row.email,
      status: row.status,
      address: row.address,
      pageUrl: row.pageUrl,
      createdAt: row.startedAt.toISOString(),
      endedAt: row.endedAt?.toISOString() ?? null,
      blockedAt: row.blockedAt?.toISOString() ?? null,
    },
    lastMessage: hasMessage(row) ? presentMessage(ctx, actor, row) : null,
    unreadCount: row.unreadCount,
    receipts: receiptsOf(row),
    lastActivityAt: row.lastActivityAt.toISOString(),
  };
}

/** The outer join leaves all of a message's columns empty, or none that can't be. */
function hasMessage(row: RecentRow): row is RecentRow & MessageRow {
  return row.id !== null;
}
