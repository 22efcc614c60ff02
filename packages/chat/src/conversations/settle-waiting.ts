import { Prisma } from '@switchboard/database';

import { SYSTEM, type Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { clientsSeenBy } from '../visible.ts';
import { settleChats, UNSETTLED_CHAT } from '../chats/settle-chats.ts';
import { unansweredJoins } from './who-waits.ts';

/** Number of conversations that are settled in one transaction, which locks their rows. */
const PER_STEP = 100;
/** A conversation from before `waitingSince` existed does not wait when it has been quiet for longer. */
const FORGOTTEN_AFTER_MS = 30 * 24 * 60 * 60 * 1_000;

/**
 * Determines who waits, when a server starts. As `settleWaitingChats`.
 *
 * @throws ChatError `forbidden` for everybody but the installation
 */
export async function settleWaiting(ctx: Context, actor: Actor): Promise<boolean> {
  requirePermission(actor, 'waiting.settle');
  return await settleWaitingChats(ctx);
}

/**
 * Determines who waits in conversations whose `waitingSince` does not cover their newest messages: those from before the column existed, and those in which an
 * older version has saved messages while both versions run. Brings their chats up to date as well. Starts with the newest activity. Several processes may do this at once, each with other rows. Never
 * rejects: the next call settles the rest.
 *
 * @returns whether there may be more
 */
export async function settleWaitingChats(ctx: Context): Promise<boolean> {
  try {
    const { prisma } = ctx.db;
    // Nearly always there is nothing to do, which an empty index shows without a transaction.
    const [found] = await prisma.$queryRaw<{ waiting: true | null; chats: true | null }[]>`
      SELECT (SELECT true FROM ${clientsSeenBy(SYSTEM)} WHERE c."waitingSeq" <> c."lastSeq" ORDER BY c."lastActivityAt" DESC LIMIT 1) AS waiting,
        (SELECT true FROM ${clientsSeenBy(SYSTEM)} WHERE ${UNSETTLED_CHAT} ORDER BY c."lastActivityAt" DESC LIMIT 1) AS chats`;
    // Who waits first: it may also find out that a conversation is no longer done.
    const waiting = found?.waiting === true ? await prisma.$transaction(async (tx) => await settleStep(tx, ctx.clock())) : 0;
    const chats = found?.chats === true || waiting > 0 ? await prisma.$transaction(async (tx) => await settleChats(tx, PER_STEP)) : 0;
    return waiting === PER_STEP || chats === PER_STEP;
  } catch (error) {
    ctx.log.warn({ err: error }, 'could not determine who waits yet');
    return false;
  }
}

async function settleStep(tx: Prisma.TransactionClient, now: Date): Promise<number> {
  const rows = await tx.$queryRaw<{ id: number }[]>`
    SELECT c.id FROM ${clientsSeenBy(SYSTEM)} WHERE c."waitingSeq" <> c."lastSeq" ORDER BY c."lastActivityAt" DESC LIMIT ${PER_STEP}::int
    FOR NO KEY UPDATE OF c SKIP LOCKED`;
  const ids = rows.map(({ id }) => id);
  const forgotten = new Date(now.getTime() - FORGOTTEN_AFTER_MS).toISOString();
  // A separate statement, so that it sees every message that was saved before the rows were locked.
  await tx.$executeRaw`
    UPDATE "Client" SET "waitingSince" = n.since, "doneAt" = n."doneAt", "waitingSeq" = "lastSeq", version = version + 1
    FROM (
      SELECT c.id,
        CASE WHEN answer.seq IS NOT NULL THEN first."createdAt"
          WHEN c."waitingSeq" = 0 AND c."lastActivityAt" < ${forgotten}::timestamptz THEN NULL
          ELSE LEAST(c."waitingSince", first."createdAt") END AS since,
        CASE WHEN written.seq IS NULL THEN c."doneAt" END AS "doneAt"
      FROM ${clientsSeenBy(SYSTEM)} ${unansweredJoins(Prisma.sql`c."waitingSeq"`)}
      WHERE c.id = ANY(${ids}::int[])
    ) n WHERE "Client".id = n.id`;
  return ids.length;
}
