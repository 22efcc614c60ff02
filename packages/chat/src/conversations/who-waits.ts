import { Prisma } from '@switchboard/database';

/** The first message without an answer is searched among this many of the newest messages. */
const MAX_WAITING_MESSAGES = 200;

/** A condition: the chat of the client `c` is not snoozed. */
export const NOT_SNOOZED = Prisma.sql`c."snoozedAt" IS NULL`;

/** A condition: the client `c` has an unanswered message, and is not blocked. It is the condition of an index, word for word. */
export const IS_UNANSWERED = Prisma.sql`c."waitingSince" IS NOT NULL AND c."blockedAt" IS NULL`;

/**
 * A condition: the visitor of the client `c` waits for an answer. Every list and count uses it. Blocked visitors keep their `waitingSince`, and wait again when
 * they are unblocked; those of snoozed chats when the snooze ends.
 */
export const IS_WAITING = Prisma.sql`${IS_UNANSWERED} AND ${NOT_SNOOZED}`;

/** A condition: the client `c` is open, and not unanswered. The condition of an index, too. */
export const IS_OPEN_NOT_WAITING = Prisma.sql`c."doneAt" IS NULL AND c."lastSeq" > 0 AND (c."waitingSince" IS NULL OR c."blockedAt" IS NOT NULL)`;

/**
 * Of the messages after number `after` of the client `c`, whose row is locked: `answer`, the operators' newest; `first`, the one after it (all later ones are the
 * visitor's); `written`, the visitor's newest.
 */
export function unansweredJoins(after: Prisma.Sql): Prisma.Sql {
  const from = Prisma.sql`GREATEST(${after}, c."lastSeq" - ${MAX_WAITING_MESSAGES}::int)`;
  return Prisma.sql`LEFT JOIN LATERAL (
      SELECT m.seq FROM "ChatMessage" m WHERE m."clientId" = c.id AND m.seq > ${from} AND m."senderType" = 'OPERATOR' ORDER BY m.seq DESC LIMIT 1
    ) answer ON true
    LEFT JOIN LATERAL (
      SELECT m."createdAt" FROM "ChatMessage" m WHERE m."clientId" = c.id AND m.seq > COALESCE(answer.seq, ${from}) ORDER BY m.seq LIMIT 1
    ) first ON true
    LEFT JOIN LATERAL (
      SELECT m.seq FROM "ChatMessage" m WHERE m."clientId" = c.id AND m.seq > ${from} AND m."senderType" = 'CLIENT' ORDER BY m.seq DESC LIMIT 1
    ) written ON true`;
}
