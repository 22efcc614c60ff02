import { Prisma } from '@switchboard/database';
import { MAX_URL_LENGTH, type Receipts, type RecentChat, type UnchangedChat, type VisitedPage } from '@switchboard/protocol';

import type { OperatorActor } from '../actor.ts';
import type { Context } from '../context.ts';
import { clientsSeenBy } from '../visible.ts';
import { MESSAGE_COLUMNS, MESSAGE_JOINS, presentMessage, type MessageRow } from '../messages/present-message.ts';
import { ownUnreadCount } from '../receipts/own-read.ts';
import { receiptsOf } from '../receipts/receipts.ts';
import { CHAT_COLUMNS, CHAT_JOINS, presentChat, type ChatColumns } from './newest-chat.ts';

type ChatRow = { [K in keyof MessageRow]: MessageRow[K] | null } & {
  readonly recentId: number;
  readonly username: string;
  readonly phone: string | null;
  readonly email: string | null;
  readonly status: 'ACTIVE' | 'ENDED';
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly blockedAt: Date | null;
  readonly waitingSince: Date | null;
  readonly doneAt: Date | null;
  readonly activitySeq: number;
  readonly lastActivityAt: Date;
  readonly unreadCount: number;
  readonly version: number;
  readonly address: string | null;
  readonly pageUrl: string | null;
  readonly pageAt: Date | null;
  readonly locale: string | null;
  readonly userAgent: string | null;
  readonly lastSeenAt: Date | null;
  readonly pages?: VisitedPage[] | null;
} & Receipts &
  ChatColumns;

/** Whether a row has the pages that its visitor was on: up to 20 KB each. */
type Detail = 'list' | 'with pages';

/** A conversation of a list, and its version. */
export interface Listed {
  readonly id: number;
  readonly version: number;
}

/** The versions of the rows that the caller has, by client id. */
export type KnownVersions = ReadonlyMap<number, number>;

/**
 * The rows of these conversations, in their order; those that have gone since are left out. A row that the caller has in this version is not read again, and
 * `UnchangedChat` takes its place.
 */
export async function readListRows(
  ctx: Context,
  actor: OperatorActor,
  listed: readonly Listed[],
  known: KnownVersions = new Map(),
): Promise<(RecentChat | UnchangedChat)[]> {
  const isKnown = ({ id, version }: Listed) => known.get(id) === version;
  const [chats, unchanged] = await Promise.all([
    readChatRows(
      ctx,
      actor,
      listed.filter((one) => !isKnown(one)).map(({ id }) => id),
      'list',
    ),
    readUnchanged(ctx, actor, listed.filter(isKnown)),
  ]);
  const rows = new Map<number, RecentChat | UnchangedChat>();
  for (const chat of chats) rows.set(chat.client.id, chat);
  for (const chat of unchanged) rows.set(chat.clientId, chat);
  return listed.flatMap(({ id }) => rows.get(id) ?? []);
}

/** When the visitor was last there changes every minute, and has no version. */
async function readUnchanged(ctx: Context, actor: OperatorActor, listed: readonly Listed[]): Promise<UnchangedChat[]> {
  if (listed.length === 0) return [];
  const rows = await ctx.db.prisma.$queryRaw<{ id: number; lastSeenAt: Date | null }[]>`
    SELECT c.id, (SELECT s."lastSeenAt" FROM "ChatSession" s WHERE s."clientId" = c.id ORDER BY s."startedAt" DESC LIMIT 1) AS "lastSeenAt"
    FROM ${clientsSeenBy(actor)} WHERE c.id = ANY(${listed.map(({ id }) => id)}::int[])`;
  const seen = new Map(rows.map(({ id, lastSeenAt }) => [id, lastSeenAt]));
  return listed.flatMap(({ id: clientId, version }) => {
    const lastSeenAt = seen.get(clientId);
    return lastSeenAt === undefined ? [] : [{ clientId, version, unchanged: true, lastSeenAt: lastSeenAt?.toISOString() ?? null }];
  });
}

/**
 * Conversations as an operator sees them in a list, in the order of `ids`; those that do not exist are left out. Its cost depends on the number of ids alone:
 * unread messages are counted up to a limit, and the newest message and chat are found by their numbers. A picture that an old front-end put into its message as a data URL is
 * left out, because two hundred of them are a gigabyte. The conversation's page has it.
 */
export async function readChatRows(ctx: Context, actor: OperatorActor, ids: readonly number[], detail: Detail): Promise<RecentChat[]> {
  if (ids.length === 0) return [];
  const rows = await ctx.db.prisma.$queryRaw<ChatRow[]>`
    SELECT c.id AS "recentId", c.username, c.phone, c.email, c.status, c."createdAt" AS "startedAt", c."endedAt", c."blockedAt", c."waitingSince", c."doneAt",
      c."activitySeq", c."lastActivityAt", ${ownUnreadCount(actor)} AS "unreadCount", c.version, c."clientDeliveredSeq", c."clientReadSeq", c."operatorDeliveredSeq", c."operatorReadSeq", s.address, s."pageUrl",
      s."pageAt", s.locale, s."userAgent", s."lastSeenAt", ${detail === 'list' ? Prisma.empty : Prisma.sql`s.pages,`} ${CHAT_COLUMNS}, ${MESSAGE_COLUMNS}
    FROM ${clientsSeenBy(actor)}
    LEFT JOIN LATERAL (
      SELECT COALESCE(s."clientSocketId", s.id::text) AS address, s."pageUrl", s."pageAt", s.locale, s."userAgent", s."lastSeenAt", s.pages
      FROM "ChatSession" s WHERE s."clientId" = c.id ORDER BY s."startedAt" DESC LIMIT 1
    ) s ON true
    LEFT JOIN LATERAL (
      SELECT id, "messageKey", seq, "clientId", "senderType", "messageType", text, "imageName", "mimeType", "operatorId", "isRead", "readAt", "createdAt",
        CASE WHEN octet_length("imageUrl") <= ${MAX_URL_LENGTH}::int THEN "imageUrl" END AS "imageUrl"
      FROM "ChatMessage" WHERE "clientId" = c.id AND seq = c."lastSeq"
    ) m ON true
    ${MESSAGE_JOINS}
    ${CHAT_JOINS}
    WHERE c.id = ANY(${[...ids]}::int[])`;
  const byId = new Map(rows.map((row) => [row.recentId, row]));
  return ids.flatMap((id) => {
    const row = byId.get(id);
    return row === undefined ? [] : [present(ctx, actor, row)];
  });
}

function present(ctx: Context, actor: OperatorActor, row: ChatRow): RecentChat {
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
      waitingSince: row.waitingSince?.toISOString() ?? null,
      doneAt: row.doneAt?.toISOString() ?? null,
      locale: row.locale,
      userAgent: row.userAgent,
      lastSeenAt: row.lastSeenAt?.toISOString() ?? null,
      pageAt: row.pageAt?.toISOString() ?? null,
      ...(row.pages === undefined ? {} : { pages: row.pages ?? [] }),
    },
    lastMessage: hasMessage(row) ? presentMessage(ctx, actor, row) : null,
    unreadCount: row.unreadCount,
    chat: presentChat(row),
    receipts: receiptsOf(row),
    activitySeq: row.activitySeq,
    lastActivityAt: row.lastActivityAt.toISOString(),
    version: row.version,
  };
}

/** Without a message the outer join leaves all of its columns empty, the id too. */
function hasMessage(row: ChatRow): row is ChatRow & MessageRow {
  return row.id !== null;
}
