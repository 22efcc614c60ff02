import { Prisma } from '@switchboard/database';

/** Further back than this nobody looks for the first message without an answer. */
const MAX_WAITING_MESSAGES = 200;

/**
 * The rule, for a client `c`: somebody waits for an answer. Everything that lists or counts them uses it. It is the condition of an index, word by word; blocked
 * visitors keep their `waitingSince`, and wait again when they are let in.
 */
export const IS_WAITING = Prisma.sql`c."waitingSince" IS NOT NULL AND c."blockedAt" IS NULL`;

/** For a client `c`: it is open, and nobody in it waits. The condition of an index, too. */
export const IS_OPEN_NOT_WAITING = Prisma.sql`c."doneAt" IS NULL AND c."lastSeq" > 0 AND (c."waitingSince" IS NULL OR c."blockedAt" IS NOT NULL)`;

/**
 * What the messages after number `after` say of the client `c`, whose row is locked: an `answer.seq` where an operator has written, and the `first` message
 * behind that (all after it are the visitor's).
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
