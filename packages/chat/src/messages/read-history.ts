import { Prisma } from '@switchboard/database';
import { DEFAULT_HISTORY_LIMIT, MAX_PAGE_SIZE, type MessageView } from '@switchboard/protocol';

import { requirePermission } from '../permissions.ts';
import { clientsSeenBy, readClient } from '../visible.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { MESSAGE_COLUMNS, MESSAGE_JOINS, presentMessage, type MessageRow } from './present-message.ts';
import { withDatabase } from '../with-database.ts';

/** `limit` defaults to `DEFAULT_HISTORY_LIMIT` and is capped at `MAX_PAGE_SIZE`; `sessionId` leaves only messages saved under it. */
export interface HistoryQuery {
  readonly clientId: number;
  readonly limit?: number | undefined;
  readonly sessionId?: string | undefined;
}

/**
 * The newest `limit` messages of a client in the order they were sent, oldest first, with operators' names.
 *
 * @throws ChatError as `clientMeant`, and `not_found`
 */
export async function readHistory(ctx: Context, actor: Actor, query: HistoryQuery): Promise<MessageView[]> {
  requirePermission(actor, 'message.read');
  const limit = Math.max(1, Math.min(query.limit ?? DEFAULT_HISTORY_LIMIT, MAX_PAGE_SIZE));
  const rows = await withDatabase(ctx, async () => {
    const { id } = await readClient(ctx.db.prisma, actor, query.clientId);
    const session = query.sessionId === undefined ? Prisma.empty : Prisma.sql`AND m."sessionId" = ${query.sessionId}`;
    return await ctx.db.prisma.$queryRaw<MessageRow[]>`
      SELECT ${MESSAGE_COLUMNS}
      FROM (
        SELECT * FROM "ChatMessage" m WHERE m."clientId" = ${id}::int ${session} ORDER BY m."createdAt" DESC, m.seq DESC LIMIT ${limit}::int
      ) m
      JOIN ${clientsSeenBy(actor)} ON c.id = ${id}::int
      ${MESSAGE_JOINS}
      ORDER BY m."createdAt", m.seq`;
  });
  return rows.map((row) => presentMessage(ctx, actor, row));
}
