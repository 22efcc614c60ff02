import { Prisma } from '@switchboard/database';

import { SYSTEM } from '../actor.ts';
import { clientsSeenBy } from '../visible.ts';
import { closeChats, reopenChats } from './closing.ts';
import { TEAM_OF_INBOX } from './opening.ts';

/** A condition: the chats of the client `c` do not agree with its messages and `doneAt`. The condition of an index, word for word. */
export const UNSETTLED_CHAT = Prisma.sql`((c."doneAt" IS NULL AND c."lastSeq" > 0) <> (c."chatOpenedAt" IS NOT NULL))
  OR (c."doneAt" IS NOT NULL AND c."lastSeq" > 0 AND c."chatNumber" = 0)`;

/**
 * One step of bringing chats up to date with what an older version, which does not know them, has saved: locks up to `limit` conversations, opens their missing
 * chats and closes those of conversations that are done. A conversation from before there were chats gets its first one, from its first message on, and every
 * operator has read in it what anybody had read.
 *
 * @returns how many conversations it brought up to date
 */
export async function settleChats(tx: Prisma.TransactionClient, limit: number): Promise<number> {
  const rows = await tx.$queryRaw<{ id: number; doneAt: Date | null }[]>`
    SELECT c.id, c."doneAt" FROM ${clientsSeenBy(SYSTEM)} WHERE ${UNSETTLED_CHAT} ORDER BY c."lastActivityAt" DESC LIMIT ${limit}::int
    FOR NO KEY UPDATE OF c SKIP LOCKED`;
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return 0;
  await openMissing(tx, ids);
  // Those that were opened again without a new message go on in their last chat.
  await reopenChats(tx, ids);
  await closeChats(
    tx,
    rows.filter(({ doneAt }) => doneAt !== null).map(({ id }) => id),
    null,
  );
  await tx.$executeRaw`UPDATE "Client" SET version = version + 1 WHERE id = ANY(${ids}::int[])`;
  return ids.length;
}

/** Opens a chat where messages belong to none. Sees every message that was saved before the rows were locked, because it is a separate statement. */
async function openMissing(tx: Prisma.TransactionClient, ids: readonly number[]): Promise<void> {
  await tx.$executeRaw`
    WITH opened AS (
      INSERT INTO "Chat" ("clientId", number, "inboxId", "firstSeq", "openedAt")
      SELECT c.id, c."chatNumber" + 1, c."inboxId", first.seq, first."savedAt"
      FROM ${clientsSeenBy(SYSTEM)}
      CROSS JOIN LATERAL (
        SELECT m.seq, m."savedAt" FROM "ChatMessage" m
        WHERE m."clientId" = c.id AND m.seq > COALESCE((SELECT max(e."lastSeq") FROM "Chat" e WHERE e."clientId" = c.id), 0) ORDER BY m.seq LIMIT 1
      ) first
      WHERE c.id = ANY(${[...ids]}::int[]) AND c."chatOpenedAt" IS NULL AND (c."doneAt" IS NULL OR c."chatNumber" = 0)
      RETURNING "clientId", number, "openedAt"
    )
    UPDATE "Client" c SET "chatNumber" = o.number, "chatOpenedAt" = o."openedAt", "assigneeId" = NULL, "teamId" = ${TEAM_OF_INBOX},
      "readBeforeSeq" = CASE WHEN o.number = 1 THEN c."operatorReadSeq" ELSE c."readBeforeSeq" END
    FROM opened o WHERE c.id = o."clientId"`;
}
