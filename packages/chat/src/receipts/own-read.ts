import { Prisma } from '@switchboard/database';
import { MAX_UNREAD_COUNT } from '@switchboard/protocol';

import type { OperatorActor } from '../actor.ts';
import type { ClientState, Queryable } from '../visible.ts';
import type { Marks, Reader } from './advance-receipts.ts';

/** How far an operator has read a conversation: each has a mark of their own, which only grows, and one for everything from before there were such marks. */

/** An operator's own read mark of the client `c`. Before its first chat was opened (see `settleChats`), everybody has read what anybody has. */
export function ownReadSeq({ userId }: Pick<OperatorActor, 'userId'>): Prisma.Sql {
  return Prisma.sql`GREATEST(
    (SELECT r."readSeq" FROM "ConversationRead" r WHERE r."clientId" = c.id AND r."userId" = ${userId}::int),
    CASE WHEN c."chatNumber" = 0 THEN c."operatorReadSeq" ELSE c."readBeforeSeq" END
  )`;
}

/**
 * How many messages of the visitor of the client `c` this operator has not read, counted up to `limit`, so that the cost is bounded. Ordered by `seq`, so that only
 * messages after the mark are looked at.
 */
export function ownUnreadCount(operator: Pick<OperatorActor, 'userId'>, limit = MAX_UNREAD_COUNT): Prisma.Sql {
  return Prisma.sql`(SELECT count(*)::int FROM (
      SELECT FROM "ChatMessage" n WHERE n."clientId" = c.id AND n.seq > ${ownReadSeq(operator)} AND n."senderType" = 'CLIENT' ORDER BY n.seq LIMIT ${limit}::int
    ) n)`;
}

/** Whether these marks would raise the reader's own read mark. Checked first without the lock; a visitor has no mark apart from their side's. */
export async function changesOwnRead(db: Queryable, reader: Reader, client: ClientState, marks: Marks): Promise<boolean> {
  const readSeq = wanted(client, marks);
  if (reader.kind !== 'operator' || readSeq === 0) return false;
  const rows = await db.$queryRaw<object[]>`
    SELECT FROM "ConversationRead" WHERE "clientId" = ${client.id}::int AND "userId" = ${reader.userId}::int AND "readSeq" >= ${readSeq}::int`;
  return rows.length === 0;
}

/** Raises the operator's own read mark, in a transaction that has locked the client and raises its version: the row that they see changes. */
export async function raiseOwnRead(tx: Queryable, { userId }: OperatorActor, client: ClientState, marks: Marks, now: Date): Promise<void> {
  const readSeq = wanted(client, marks);
  if (readSeq === 0) return;
  await tx.$executeRaw`
    INSERT INTO "ConversationRead" AS own ("clientId", "userId", "readSeq", "readAt")
    VALUES (${client.id}::int, ${userId}::int, ${readSeq}::int, ${now.toISOString()}::timestamptz)
    ON CONFLICT ("clientId", "userId") DO UPDATE SET "readSeq" = EXCLUDED."readSeq", "readAt" = EXCLUDED."readAt" WHERE own."readSeq" < EXCLUDED."readSeq"`;
}

/** Never above the newest message. */
function wanted({ lastSeq }: ClientState, { readSeq = 0 }: Marks): number {
  return Math.min(readSeq, lastSeq);
}
