import { deterministicUuid } from './target-columns.ts';

const UUID = `'^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$'`;

/**
 * Creates the sessions by which visitors are found, from the messages: one for each `sessionId` of a client (with that id where it is a UUID), one for each other
 * socket, and one for each client without either. A socket or session that several clients used belongs to the last one.
 */
const SESSIONS = `
  INSERT INTO "ChatSession" ("id", "clientId", "clientSocketId", "startedAt", "lastSeenAt", "endedAt")
  WITH sockets AS (
    SELECT DISTINCT ON ("clientSocketId") "clientSocketId", "clientId", "sessionId",
      min("createdAt") OVER one AS began, max("createdAt") OVER one AS seen
    FROM "ChatMessage" WHERE "clientSocketId" <> '' WINDOW one AS (PARTITION BY "clientSocketId", "clientId")
    ORDER BY "clientSocketId", "createdAt" DESC, id DESC
  ), visits AS (
    SELECT "clientId", "sessionId", min("createdAt") AS began, max("createdAt") AS seen,
      row_number() OVER (PARTITION BY lower("sessionId") ORDER BY max("createdAt") DESC, "clientId", "sessionId") AS nth
    FROM "ChatMessage" WHERE "sessionId" <> '' GROUP BY "clientId", "sessionId"
  ), newest AS (
    SELECT DISTINCT ON ("clientId", "sessionId") "clientId", "sessionId", "clientSocketId"
    FROM sockets WHERE "sessionId" <> '' ORDER BY "clientId", "sessionId", seen DESC, "clientSocketId"
  ), found AS (
    SELECT CASE WHEN nth = 1 AND lower("sessionId") ~ ${UUID} THEN "sessionId"::uuid ELSE ${deterministicUuid(`'session ' || "clientId" || ' ' || "sessionId"`)} END AS id,
      "clientId", "clientSocketId", began, seen
    FROM visits LEFT JOIN newest USING ("clientId", "sessionId")
    UNION ALL
    SELECT ${deterministicUuid(`'socket ' || "clientSocketId"`)}, "clientId", "clientSocketId", began, seen
    FROM sockets WHERE NOT EXISTS (SELECT 1 FROM newest WHERE newest."clientSocketId" = sockets."clientSocketId")
    UNION ALL
    SELECT ${deterministicUuid(`'client ' || id`)}, id, NULL, "createdAt", "lastActivityAt"
    FROM "Client" c WHERE NOT EXISTS (SELECT 1 FROM "ChatMessage" m WHERE m."clientId" = c.id AND (m."sessionId" <> '' OR m."clientSocketId" <> ''))
  )
  SELECT found.id, found."clientId", found."clientSocketId", found.began, GREATEST(found.began, found.seen), c."endedAt"
  FROM found JOIN "Client" c ON c.id = found."clientId"`;

/** Fills each client's counters from its messages. The read marks stay below the first unread message. */
const COUNTERS = `
  UPDATE "Client" SET
    "lastSeq" = m.count, "lastActivityAt" = m.newest, "unreadCount" = m.unread,
    "operatorDeliveredSeq" = m.count, "operatorReadSeq" = COALESCE(m."firstUnread" - 1, m.count),
    "clientDeliveredSeq" = COALESCE(m."firstUnseen" - 1, m.count), "clientReadSeq" = COALESCE(m."firstUnseen" - 1, m.count),
    "endedAt" = CASE WHEN status = 'ENDED' THEN COALESCE("endedAt", m.newest) ELSE "endedAt" END
  FROM (
    SELECT "clientId", count(*)::integer AS count, max("createdAt") AS newest,
      (count(*) FILTER (WHERE "senderType" = 'CLIENT' AND NOT "isRead"))::integer AS unread,
      min(seq) FILTER (WHERE "senderType" = 'CLIENT' AND NOT "isRead") AS "firstUnread",
      min(seq) FILTER (WHERE "senderType" = 'OPERATOR' AND NOT "isRead") AS "firstUnseen"
    FROM "ChatMessage" GROUP BY "clientId"
  ) m WHERE m."clientId" = "Client".id`;
const ENDED = `UPDATE "Client" SET "endedAt" = "lastActivityAt" WHERE status = 'ENDED' AND "endedAt" IS NULL`;

/** To be run in this order, after all tables exist and their columns are filled. */
export const DERIVED = [COUNTERS, ENDED, SESSIONS];
