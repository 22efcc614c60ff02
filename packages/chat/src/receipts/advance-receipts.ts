import { Prisma } from '@switchboard/database';
import type { Receipts } from '@switchboard/protocol';

import type { OperatorActor, VisitorActor } from '../actor.ts';
import type { ClientState, Queryable } from '../visible.ts';
import type { Context } from '../context.ts';
import type { Effect } from '../effects.ts';
import { raiseOwnRead } from './own-read.ts';
import { receiptsOf } from './receipts.ts';

/** Most messages that one statement flags as read. It bounds how long a statement takes and keeps rows locked. */
const FLAGS_PER_STEP = 1_000;
/** Most steps for one report; the next report continues with the rest. */
const MAX_STEPS = 20;

/** How far one side has received and read the other's messages. Read implies received. */
export interface Marks {
  readonly deliveredSeq?: number | undefined;
  readonly readSeq?: number | undefined;
}

type Side = 'client' | 'operator';
/** Who receives and reads the other side's messages. */
export type Reader = VisitorActor | OperatorActor;

/** The reader's side. */
export function sideOf({ kind }: Reader): Side {
  return kind === 'operator' ? 'operator' : 'client';
}

/** The marks as they would stand: never lower than they are, never above the newest message. */
function raised(side: Side, client: ClientState, marks: Marks): { delivered: number; read: number } {
  const [deliveredNow, readNow] =
    side === 'client' ? [client.clientDeliveredSeq, client.clientReadSeq] : [client.operatorDeliveredSeq, client.operatorReadSeq];
  const read = Math.max(readNow, Math.min(marks.readSeq ?? 0, client.lastSeq));
  return { delivered: Math.max(deliveredNow, read, Math.min(marks.deliveredSeq ?? 0, client.lastSeq)), read };
}

/** Whether `marks` would change anything. Checked first without the lock, because most reports change nothing. */
export function changesMarks(side: Side, client: ClientState, marks: Marks): boolean {
  const { delivered, read } = raised(side, client, marks);
  if (side === 'client') return delivered > client.clientDeliveredSeq || read > client.clientReadSeq;
  return delivered > client.operatorDeliveredSeq || read > client.operatorReadSeq || (client.unreadCount > 0 && read >= client.lastSeq);
}

/** The effect when one side has received or read more. */
export function messagesSeen({ id, address }: Pick<ClientState, 'id' | 'address'>, by: Side, receipts: Receipts): Effect {
  return { kind: 'messages seen', clientId: id, address, by, receipts };
}

/** What a report changed. */
interface AdvancedReceipts {
  /** How many of the visitor's messages became read; 0 for the visitor's own side. */
  readonly count: number;
  readonly receipts: Receipts;
  /** More messages are to be flagged than fit into one step: call `flagRead` after the commit. */
  readonly moreToFlag: boolean;
}

/**
 * Raises the marks of the reader's side, and an operator's own; recounts what no operator has read. Whether a message is read follows from the marks; its column
 * `isRead`, for other programs, is set for the first `FLAGS_PER_STEP` messages. `client` must be locked by `tx`.
 */
export async function advanceReceipts(
  tx: Queryable,
  reader: Reader,
  client: ClientState,
  marks: Marks,
  now: Date,
): Promise<AdvancedReceipts> {
  const side = sideOf(reader);
  if (reader.kind === 'operator') await raiseOwnRead(tx, reader, client, marks, now);
  const { delivered, read } = raised(side, client, marks);
  const counters =
    side === 'client'
      ? Prisma.sql`"clientDeliveredSeq" = ${delivered}::int, "clientReadSeq" = ${read}::int`
      : Prisma.sql`"operatorDeliveredSeq" = ${delivered}::int, "operatorReadSeq" = ${read}::int, "unreadCount" = (
          SELECT count(*)::int FROM "ChatMessage" WHERE "clientId" = ${client.id}::int AND seq > ${read}::int AND "senderType" = 'CLIENT'
        )`;
  const rows = await tx.$queryRaw<(Receipts & { unreadCount: number; flagged: number })[]>`
    WITH flagged AS (${flagStep(side, client.id, read, now)} RETURNING 1)
    UPDATE "Client" SET ${counters}, "updatedAt" = ${now.toISOString()}::timestamptz, version = version + 1 WHERE id = ${client.id}::int
    RETURNING "clientDeliveredSeq", "clientReadSeq", "operatorDeliveredSeq", "operatorReadSeq", "unreadCount",
      (SELECT count(*)::int FROM flagged) AS flagged`;
  const [row] = rows;
  if (row === undefined) throw new Error(`Client ${client.id} vanished under its lock.`);
  return { count: client.unreadCount - row.unreadCount, receipts: receiptsOf(row), moreToFlag: row.flagged === FLAGS_PER_STEP };
}

/**
 * Sets `isRead` of the remaining read messages, in short steps that lock the conversation only at their end. Never rejects: nothing on screen depends on the
 * flags, and the next report flags the rest.
 */
export async function flagRead(ctx: Context, side: Side, clientId: number, receipts: Receipts): Promise<void> {
  const read = side === 'client' ? receipts.clientReadSeq : receipts.operatorReadSeq;
  try {
    for (let step = 1; step < MAX_STEPS; step += 1) {
      const [row] = await ctx.db.prisma.$queryRaw<{ flagged: number }[]>`
        WITH flagged AS (${flagStep(side, clientId, read, ctx.clock())} RETURNING 1),
          raised AS (UPDATE "Client" SET version = version + 1 WHERE id = ${clientId}::int AND EXISTS (SELECT FROM flagged))
        SELECT count(*)::int AS flagged FROM flagged`;
      if ((row?.flagged ?? 0) < FLAGS_PER_STEP) return;
    }
  } catch (error) {
    ctx.log.warn({ clientId, err: error }, 'could not flag read messages yet');
  }
}

/** Flags some of the other side's messages up to `read`, and skips rows that another transaction is flagging. */
function flagStep(side: Side, clientId: number, read: number, now: Date): Prisma.Sql {
  const sender = side === 'client' ? 'OPERATOR' : 'CLIENT';
  const at = Prisma.sql`${now.toISOString()}::timestamptz`;
  return Prisma.sql`UPDATE "ChatMessage" SET "isRead" = true, "readAt" = ${at}, "updatedAt" = ${at} WHERE id = ANY (ARRAY(
      SELECT id FROM "ChatMessage"
      WHERE "clientId" = ${clientId}::int AND "senderType" = ${sender}::"MessageSenderType" AND NOT "isRead" AND seq <= ${read}::int
      LIMIT ${FLAGS_PER_STEP}::int FOR UPDATE SKIP LOCKED
    ))`;
}
