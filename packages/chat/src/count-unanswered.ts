import type { Context } from './context.ts';
import { withDatabase } from './with-database.ts';

/** Conversations in which the visitor has said the last word, and waits. */
export interface Unanswered {
  readonly count: number;
  /** How long the one that has waited longest has done so, counted from the first message that nobody answered, in seconds; 0 when nobody waits. */
  readonly oldestSeconds: number;
}

/** Conversations looked at, those with the newest activity: some 10 ms of the database, whatever the number of conversations. */
const MAX_LOOKED_AT = 5_000;
/** What is older is not waited for any more. */
const MAX_AGE_MS = 7 * 24 * 60 * 60 * 1_000;

/** Further back than this nobody looks for the first message without an answer. */
const MAX_WAITING_MESSAGES = 200;

/**
 * How many conversations wait for an operator, out of the 5,000 with the newest activity in the last seven days. One that the visitor has ended does not, nor does a visitor that is blocked.
 *
 * @throws ChatError `unavailable`
 */
export async function countUnanswered(ctx: Context): Promise<Unanswered> {
  const now = ctx.clock();
  const since = new Date(now.getTime() - MAX_AGE_MS).toISOString();
  const rows = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$queryRaw<{ count: number; oldest: Date | null }[]>`
      WITH recent AS MATERIALIZED (
        SELECT id, "lastSeq", status, "blockedAt" FROM "Client" WHERE "lastActivityAt" > ${since}::timestamptz
        ORDER BY "lastActivityAt" DESC, id DESC LIMIT ${MAX_LOOKED_AT}::int
      )
      SELECT count(*)::int AS count, min(first."createdAt") AS oldest
      FROM recent c
      CROSS JOIN LATERAL (
        SELECT m."senderType" FROM "ChatMessage" m WHERE m."clientId" = c.id AND m.seq = c."lastSeq" LIMIT 1
      ) last
      LEFT JOIN LATERAL (
        SELECT m.seq FROM "ChatMessage" m
        WHERE m."clientId" = c.id AND m.seq > c."lastSeq" - ${MAX_WAITING_MESSAGES}::int AND m."senderType" = 'OPERATOR'
        ORDER BY m.seq DESC LIMIT 1
      ) answer ON true
      CROSS JOIN LATERAL (
        SELECT m."createdAt" FROM "ChatMessage" m
        WHERE m."clientId" = c.id AND m.seq > COALESCE(answer.seq, c."lastSeq" - ${MAX_WAITING_MESSAGES}::int) ORDER BY m.seq LIMIT 1
      ) first
      WHERE c.status = 'ACTIVE' AND c."blockedAt" IS NULL AND last."senderType" = 'CLIENT'`,
  );
  const [row] = rows;
  const oldest = row?.oldest ?? null;
  return { count: row?.count ?? 0, oldestSeconds: oldest === null ? 0 : Math.max(0, (now.getTime() - oldest.getTime()) / 1_000) };
}
