import { Prisma } from '@switchboard/database';

import { SYSTEM } from '../actor.ts';
import { clientsSeenBy, type Queryable } from '../visible.ts';

/** Answers are looked for among this many of a chat's messages, the first ones, so that closing costs the same however long a chat was. */
const MAX_MEASURED = 500;

/**
 * Closes the open chats of these clients, whose rows are locked and whose `doneAt` is set: copies what stood on the client's row, and how the visitor was
 * answered (within its first `MAX_MEASURED` messages). Clients without an open chat are left alone.
 *
 * @param closedById the operator who did it, null for the installation
 */
export async function closeChats(tx: Queryable, clientIds: readonly number[], closedById: number | null): Promise<void> {
  const ids = [...clientIds];
  await tx.$executeRaw`
    UPDATE "Chat" SET "closedAt" = c."doneAt", "closedById" = ${closedById}::int, "lastSeq" = c."lastSeq", "assigneeId" = c."assigneeId", "teamId" = c."teamId",
      "firstReplyAt" = reply."createdAt", "firstReplyById" = reply."operatorId", "waitedMs" = waited.ms
    FROM ${clientsSeenBy(SYSTEM)}, "Chat" own
    LEFT JOIN LATERAL (
      SELECT r."createdAt", r."operatorId" FROM "ChatMessage" r
      WHERE r."clientId" = own."clientId" AND r."senderType" = 'OPERATOR' AND r.seq < own."firstSeq" + ${MAX_MEASURED}::int AND r.seq > (
        SELECT f.seq FROM "ChatMessage" f
        WHERE f."clientId" = own."clientId" AND f."senderType" = 'CLIENT' AND f.seq BETWEEN own."firstSeq" AND own."firstSeq" + ${MAX_MEASURED}::int
        ORDER BY f.seq LIMIT 1
      ) ORDER BY r.seq LIMIT 1
    ) reply ON true
    LEFT JOIN LATERAL (${WAITED}) waited ON true
    WHERE c.id = ANY(${ids}::int[]) AND own."clientId" = c.id AND own."closedAt" IS NULL AND "Chat".id = own.id`;
  await tx.$executeRaw`
    UPDATE "Client" SET "chatOpenedAt" = NULL, "snoozedAt" = NULL, "snoozedUntil" = NULL WHERE id = ANY(${ids}::int[]) AND "doneAt" IS NOT NULL`;
}

/**
 * How long the visitor of the chat `own` has waited, all waits together: each from the first of consecutive messages of theirs to the operator's next one, or
 * to the end of the chat.
 */
const WAITED = Prisma.sql`
  SELECT COALESCE(sum(GREATEST(0, EXTRACT(EPOCH FROM COALESCE(w.answered, c."doneAt") - w."createdAt") * 1000)), 0)::bigint AS ms
  FROM (
    SELECT b."senderType", b."createdAt", lead(b."createdAt") OVER (ORDER BY b.seq) AS answered
    FROM (
      SELECT m.seq, m."senderType", m."createdAt", lag(m."senderType") OVER (ORDER BY m.seq) AS before
      FROM "ChatMessage" m WHERE m."clientId" = own."clientId" AND m.seq >= own."firstSeq" AND m.seq < own."firstSeq" + ${MAX_MEASURED}::int
    ) b
    WHERE b.before IS DISTINCT FROM b."senderType"
  ) w
  WHERE w."senderType" = 'CLIENT'`;

/**
 * Opens the newest chats of these clients again, whose rows are locked, where none is open and `doneAt` is null. Assignee and team still stand on
 * the client's row.
 */
export async function reopenChats(tx: Queryable, clientIds: readonly number[]): Promise<void> {
  await tx.$executeRaw`
    WITH reopened AS (
      UPDATE "Chat" SET "closedAt" = NULL, "closedById" = NULL, "lastSeq" = NULL, "assigneeId" = NULL, "teamId" = NULL, "firstReplyAt" = NULL,
        "firstReplyById" = NULL, "waitedMs" = NULL
      FROM ${clientsSeenBy(SYSTEM)}
      WHERE c.id = ANY(${[...clientIds]}::int[]) AND c."doneAt" IS NULL AND c."chatOpenedAt" IS NULL AND "Chat"."clientId" = c.id
        AND "Chat".number = c."chatNumber"
      RETURNING "Chat"."clientId", "Chat"."openedAt"
    )
    UPDATE "Client" SET "chatOpenedAt" = r."openedAt" FROM reopened r WHERE id = r."clientId"`;
}
