import { Prisma } from '@switchboard/database';

/** How new messages change whether the visitor waits. */
export interface WaitingChange {
  /** How many of them are the visitor's. */
  readonly unread: number;
  /** Whether an operator's is among them. */
  readonly answered: boolean;
  /** When the visitor's first message after the last operator's was sent. */
  readonly since: Date | null;
}

/** @param messages new ones of one client, in the order of their numbers */
export function waitingChange(
  messages: readonly { readonly senderType: 'CLIENT' | 'OPERATOR'; readonly createdAt: Date }[],
): WaitingChange {
  const answer = messages.findLastIndex(({ senderType }) => senderType === 'OPERATOR');
  return {
    unread: messages.filter(({ senderType }) => senderType === 'CLIENT').length,
    answered: answer !== -1,
    since: messages[answer + 1]?.createdAt ?? null,
  };
}

/**
 * Sets the columns of the client `c` that follow from its new messages, which the row `n` sums up. If an older version, without the waiting columns, has saved
 * messages before, `waitingSeq` stays behind, and `settleWaiting` brings these columns up to date.
 *
 * @param lastSeq the number of the newest message
 * @param at when they are saved, ISO-8601
 */
export function clientColumns(lastSeq: Prisma.Sql, at: string): Prisma.Sql {
  return Prisma.sql`"lastSeq" = ${lastSeq}, "unreadCount" = c."unreadCount" + n.unread,
        "lastActivityAt" = GREATEST(c."lastActivityAt", ${at}::timestamptz), "updatedAt" = ${at}::timestamptz, version = c.version + 1,
        "waitingSince" = CASE WHEN n.answered THEN n.since ELSE COALESCE(c."waitingSince", n.since) END,
        "doneAt" = CASE WHEN n.unread > 0 THEN NULL ELSE c."doneAt" END,
        "waitingSeq" = CASE WHEN c."waitingSeq" = c."lastSeq" THEN ${lastSeq} ELSE c."waitingSeq" END`;
}
