import { Prisma } from '@switchboard/database';

/** What new messages change about who waits. */
export interface WaitingChange {
  /** The visitor's among them. */
  readonly unread: number;
  /** An operator's is among them. */
  readonly answered: boolean;
  /** When the first of the visitor's was sent that no operator's among them follows. */
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
 * Sets the columns of the client `c` that follow from its new messages, which the row `n` sums up. Where a version that does not know the columns about who
 * waits has saved, they are about older messages: then they stay behind, and `settleWaiting` brings them up to date.
 *
 * @param lastSeq the number of the newest message
 * @param at when they are saved, ISO-8601
 */
export function clientColumns(lastSeq: Prisma.Sql, at: string): Prisma.Sql {
  return Prisma.sql`"lastSeq" = ${lastSeq}, "unreadCount" = c."unreadCount" + n.unread,
        "lastActivityAt" = GREATEST(c."lastActivityAt", ${at}::timestamptz), "updatedAt" = ${at}::timestamptz,
        "waitingSince" = CASE WHEN n.answered THEN n.since ELSE COALESCE(c."waitingSince", n.since) END,
        "doneAt" = CASE WHEN n.unread > 0 THEN NULL ELSE c."doneAt" END,
        "waitingSeq" = CASE WHEN c."waitingSeq" = c."lastSeq" THEN ${lastSeq} ELSE c."waitingSeq" END`;
}
