import { Prisma } from '@switchboard/database';
import { MAX_CHATS_BY_ID, MAX_RECENT_CHATS, type RecentChat, type UnchangedChat } from '@switchboard/protocol';

import { requirePermission } from '../permissions.ts';
import { clientsSeenBy } from '../visible.ts';
import type { Actor } from '../actor.ts';
import { readChatRows, readListRows, type KnownVersions, type Listed } from './chat-rows.ts';
import type { Context } from '../context.ts';
import { settleWaitingChats } from './settle-waiting.ts';
import { isUuid } from '../uuid.ts';
import { withDatabase } from '../with-database.ts';

/** `limit` defaults to and is capped at `MAX_RECENT_CHATS`; `before` is the last row of the page before. */
export interface RecentChatsQuery {
  readonly limit?: number | undefined;
  readonly before?: { readonly lastActivityAt: string; readonly id: number } | undefined;
}

/**
 * Conversations by their newest activity, newest first, each with its newest message and the number of unread ones.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators
 */
export async function listRecentChats(ctx: Context, actor: Actor, query?: RecentChatsQuery): Promise<RecentChat[]>;
/** The same; `UnchangedChat` takes the place of rows that the caller has in their newest version. */
export async function listRecentChats(
  ctx: Context,
  actor: Actor,
  query: RecentChatsQuery | undefined,
  known: KnownVersions | undefined,
): Promise<(RecentChat | UnchangedChat)[]>;
export async function listRecentChats(
  ctx: Context,
  actor: Actor,
  query: RecentChatsQuery = {},
  known?: KnownVersions,
): Promise<(RecentChat | UnchangedChat)[]> {
  const operator = requirePermission(actor, 'conversation.list');
  const limit = Math.max(1, Math.min(query.limit ?? MAX_RECENT_CHATS, MAX_RECENT_CHATS));
  const { before } = query;
  const page =
    before === undefined
      ? Prisma.empty
      : Prisma.sql`WHERE (c."lastActivityAt", c.id) < (${before.lastActivityAt}::timestamptz, ${before.id}::int)`;
  return await withDatabase(ctx, async () => {
    const listed = await ctx.db.prisma.$queryRaw<Listed[]>`
      SELECT c.id, c.version FROM ${clientsSeenBy(operator)} ${page} ORDER BY c."lastActivityAt" DESC, c.id DESC LIMIT ${limit}::int`;
    return await readListRows(ctx, operator, listed, known);
  });
}

/** Which conversations are asked for: at most `MAX_CHATS_BY_ID` of each. An address is a session's id, or an old front-end's socket. */
export interface ChatsMeant {
  readonly ids?: readonly number[] | undefined;
  readonly addresses?: readonly string[] | undefined;
}

/**
 * Just these conversations, whatever view they are in, with the pages that their visitors were on. Those that do not exist are left out.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators
 */
export async function findChats(ctx: Context, actor: Actor, { ids = [], addresses = [] }: ChatsMeant): Promise<RecentChat[]> {
  const operator = requirePermission(actor, 'conversation.list');
  return await withDatabase(ctx, async () => {
    await settleWaitingChats(ctx);
    const found = addresses.length === 0 ? [] : await clientsAt(ctx, addresses.slice(0, MAX_CHATS_BY_ID));
    return await readChatRows(ctx, operator, [...new Set([...ids.slice(0, MAX_CHATS_BY_ID), ...found])], 'with pages');
  });
}

async function clientsAt({ db: { prisma } }: Context, addresses: readonly string[]): Promise<number[]> {
  const rows = await prisma.$queryRaw<{ clientId: number }[]>`
    SELECT "clientId" FROM "ChatSession" WHERE "clientSocketId" = ANY(${[...addresses]}::text[])
    UNION SELECT "clientId" FROM "ChatSession" WHERE id = ANY(${addresses.filter(isUuid)}::uuid[])`;
  return rows.map(({ clientId }) => clientId);
}
