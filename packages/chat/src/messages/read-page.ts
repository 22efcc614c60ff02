import { Prisma } from '@switchboard/database';
import { DEFAULT_PAGE_SIZE, errorFor, MAX_PAGE_SIZE, type MessagesPage } from '@switchboard/protocol';

import { requirePermission } from '../permissions.ts';
import { chatOver, conversationNotFound } from '../refusals.ts';
import { MAX_INTEGER, refuseBlocked, sessionEnded, type ClientState, clientMeant, clientsSeenBy } from '../visible.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { MESSAGE_COLUMNS, MESSAGE_JOINS, presentMessage, type MessageRow } from './present-message.ts';
import { ownReadSeq } from '../receipts/own-read.ts';
import { receiptsOf } from '../receipts/receipts.ts';
import { withDatabase } from '../with-database.ts';

/** Which messages: after one, before one, or (neither) the newest. `limit` is capped at `MAX_PAGE_SIZE`. */
export interface PageQuery {
  readonly clientId?: number | undefined;
  readonly afterSeq?: number | undefined;
  readonly beforeSeq?: number | undefined;
  readonly limit: number;
}

type ClientColumns = Pick<
  ClientState,
  'lastSeq' | 'endedAt' | 'blockedAt' | 'sessionEnded' | 'clientDeliveredSeq' | 'clientReadSeq' | 'operatorDeliveredSeq' | 'operatorReadSeq'
> & { readonly epoch: string; readonly readSeq: number | null };
/** Every row repeats the client; a client without messages in the page is one row without a message. */
type PageRow = ClientColumns & (MessageRow | { readonly id: null });

/**
 * One page of a conversation, from old to new. One statement, so that page, `lastSeq`, receipts and epoch are of the same instant.
 *
 * @throws ChatError as `clientMeant`, `not_found`, `blocked` for a blocked visitor, `unauthenticated` for a visitor who has ended this chat and asks for more than
 * its last `DEFAULT_PAGE_SIZE` messages, `invalid_request` when both cursors are given
 */
export async function readPage(ctx: Context, actor: Actor, query: PageQuery): Promise<MessagesPage> {
  requirePermission(actor, 'message.read');
  const { afterSeq, beforeSeq } = query;
  if (afterSeq !== undefined && beforeSeq !== undefined) throw errorFor('two_cursors');
  const limit = Math.max(1, Math.min(query.limit, MAX_PAGE_SIZE));
  const clientId = clientMeant(actor, query.clientId);
  const range =
    afterSeq === undefined
      ? Prisma.sql`m.seq < ${Math.min(beforeSeq ?? MAX_INTEGER, MAX_INTEGER)}::int ORDER BY m.seq DESC`
      : Prisma.sql`m.seq > ${Math.min(afterSeq, MAX_INTEGER)}::int ORDER BY m.seq`;
  const rows = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$queryRaw<PageRow[]>`
      SELECT c."lastSeq", c."endedAt", c."blockedAt", c."clientDeliveredSeq", c."clientReadSeq", c."operatorDeliveredSeq", c."operatorReadSeq",
        ${actor.kind === 'operator' ? ownReadSeq(actor) : Prisma.sql`NULL`} AS "readSeq", (SELECT epoch FROM "Installation") AS epoch, ${sessionEnded(actor)} AS "sessionEnded", ${MESSAGE_COLUMNS}
      FROM ${clientsSeenBy(actor)}
      LEFT JOIN LATERAL (SELECT * FROM "ChatMessage" m WHERE m."clientId" = c.id AND ${range} LIMIT ${limit + 1}::int) m ON true
      ${MESSAGE_JOINS}
      WHERE c.id = ${clientId}::int
      ORDER BY m.seq`,
  );
  const [client] = rows;
  if (client === undefined) throw conversationNotFound();
  refuseBlocked(actor, client);
  if (client.sessionEnded && (afterSeq !== undefined || beforeSeq !== undefined || limit > DEFAULT_PAGE_SIZE)) throw chatOver();
  const found = rows.filter((row) => row.id !== null);
  const hasMore = found.length > limit;
  // The extra row is the newest when reading forwards, the oldest when reading backwards.
  const page = afterSeq === undefined ? found.slice(-limit) : found.slice(0, limit);
  return {
    messages: page.map((row) => presentMessage(ctx, actor, row)),
    lastSeq: client.lastSeq,
    hasMore,
    receipts: receiptsOf(client),
    ...(client.readSeq === null ? {} : { readSeq: client.readSeq }),
    endedAt: client.endedAt?.toISOString() ?? null,
    epoch: client.epoch,
  };
}
