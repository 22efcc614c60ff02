import { Prisma } from '@switchboard/database';
import type { Receipts } from '@switchboard/protocol';

import type { ClientState, Queryable } from './access.ts';
import { receiptsOf } from './receipts.ts';

/** How far one side has received and seen the other's messages. Having seen implies having received. */
export interface Marks {
  readonly deliveredSeq?: number | undefined;
  readonly readSeq?: number | undefined;
}

type Side = 'client' | 'operator';

/** The marks as they would stand: never lower than they are, never above the newest message. */
function raised(side: Side, client: ClientState, marks: Marks): { delivered: number; read: number } {
  const [deliveredNow, readNow] =
    side === 'client' ? [client.clientDeliveredSeq, client.clientReadSeq] : [client.operatorDeliveredSeq, client.operatorReadSeq];
  const read = Math.max(readNow, Math.min(marks.readSeq ?? 0, client.lastSeq));
  return { delivered: Math.max(deliveredNow, read, Math.min(marks.deliveredSeq ?? 0, client.lastSeq)), read };
}

/** Whether `marks` would change anything: asked first without the lock, since most reports bring no news. */
export function bringsNews(side: Side, client: ClientState, marks: Marks): boolean {
  const { delivered, read } = raised(side, client, marks);
  if (side === 'client') return delivered > client.clientDeliveredSeq || read > client.clientReadSeq;
  return delivered > client.operatorDeliveredSeq || read > client.operatorReadSeq || (client.unreadCount > 0 && (marks.readSeq ?? 0) > 0);
}

/**
 * Raises one side's marks, flags the other side's messages up to the read mark as read, and takes exactly those that operators had not read off
 * `unreadCount`. `client` must be locked by `tx`. Returns how many messages it flagged, and the marks of both sides.
 */
export async function advanceReceipts(
  tx: Queryable,
  side: Side,
  client: ClientState,
  marks: Marks,
  now: Date,
): Promise<{ count: number; receipts: Receipts }> {
  const { delivered, read } = raised(side, client, marks);
  const at = Prisma.sql`${now.toISOString()}::timestamptz`;
  const [sender, counters] =
    side === 'client'
      ? ['OPERATOR', Prisma.sql`"clientDeliveredSeq" = ${delivered}::int, "clientReadSeq" = ${read}::int`]
      : [
          'CLIENT',
          Prisma.sql`"operatorDeliveredSeq" = ${delivered}::int, "operatorReadSeq" = ${read}::int,
            "unreadCount" = "unreadCount" - (SELECT count(*)::int FROM seen)`,
        ];
  const rows = await tx.$queryRaw<(Receipts & { count: number })[]>`
    WITH seen AS (
      UPDATE "ChatMessage" SET "isRead" = true, "readAt" = ${at}, "updatedAt" = ${at}
      WHERE "clientId" = ${client.id}::int AND "senderType" = ${sender}::"MessageSenderType" AND NOT "isRead" AND seq <= ${read}::int
      RETURNING 1
    )
    UPDATE "Client" SET ${counters}, "updatedAt" = ${at} WHERE id = ${client.id}::int
    RETURNING "clientDeliveredSeq", "clientReadSeq", "operatorDeliveredSeq", "operatorReadSeq", (SELECT count(*)::int FROM seen) AS count`;
  const [row] = rows;
  if (row === undefined) throw new Error(`Client ${client.id} vanished under its lock.`);
  return { count: row.count, receipts: receiptsOf(row) };
}
