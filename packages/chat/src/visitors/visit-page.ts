import { Prisma } from '@switchboard/database';
import { MAX_MESSAGE_AGE_MS, MAX_VISITED_PAGES } from '@switchboard/protocol';

import { requirePermission } from '../permissions.ts';
import { raiseVersion } from '../conversations/version.ts';
import { lockClient, readClient, type Queryable } from '../visible.ts';
import type { Actor, VisitorActor } from '../actor.ts';
import type { Context } from '../context.ts';
import { conversationChanged, type WithEffects } from '../effects.ts';
import { withDatabase } from '../with-database.ts';

/** `at`: when the visitor opened the page, by their own clock, ISO-8601; now unless given. */
export interface VisitInput {
  readonly url: string;
  readonly at?: string | undefined;
}

/** Whether the visitor has moved to another page. */
export interface Visit {
  moved: boolean;
}

/**
 * Records that a visitor is active, and the page of the host site that they are on. The times of their recent pages only increase, whatever their clock
 * says.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but visitors, `blocked`, `not_found`
 */
export async function visitPage(ctx: Context, actor: Actor, { url, at }: VisitInput): Promise<WithEffects<Visit>> {
  const visitor = requirePermission(actor, 'session.visit-page');
  return await withDatabase(ctx, async () => {
    const { prisma } = ctx.db;
    await readClient(prisma, visitor, undefined);
    const now = ctx.clock();
    // Nearly all reports: nothing that operators see changes but when the visitor was last there, so the conversation is not locked.
    if (await isStillThere(prisma, visitor, url, now)) return { moved: false, effects: [] };
    const given = at === undefined ? now.getTime() : Math.max(Date.parse(at), now.getTime() - MAX_MESSAGE_AGE_MS);
    const since = new Date(Math.min(given, now.getTime())).toISOString();
    return await prisma.$transaction(async (tx) => {
      const client = await lockClient(tx, visitor, undefined);
      const moved = await move(tx, visitor, { url, since, now });
      await raiseVersion(tx, client.id);
      // Operators do not see visitors who have not written yet.
      return { moved, effects: moved && client.lastSeq > 0 ? [conversationChanged(client, 'state')] : [] };
    });
  });
}

/** Records that the visitor is still on the page that was reported last. False, and nothing has happened, when that is another one. */
async function isStillThere(db: Queryable, { sessionId }: VisitorActor, url: string, now: Date): Promise<boolean> {
  const count = await db.$executeRaw`
    UPDATE "ChatSession" SET "lastSeenAt" = GREATEST("lastSeenAt", ${now.toISOString()}::timestamptz)
    WHERE id = ${sessionId}::uuid AND "pageUrl" = ${url} AND "pageAt" IS NOT NULL`;
  return count > 0;
}

/** Records the page, and since when. Returns whether it is another one than before. */
async function move(
  tx: Queryable,
  { sessionId }: VisitorActor,
  { url, since, now }: { readonly url: string; readonly since: string; readonly now: Date },
): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ moved: boolean }[]>`
      UPDATE "ChatSession" s SET "lastSeenAt" = GREATEST(s."lastSeenAt", n.now),
        "pageUrl" = ${url},
        "pageAt" = CASE WHEN n.moved OR s."pageAt" IS NULL THEN n.since ELSE s."pageAt" END,
        pages = CASE WHEN n.moved THEN n.trail ELSE s.pages END
      FROM (
        SELECT id, now, since, "pageUrl" IS DISTINCT FROM ${url} AS moved, ${recentPagesWith(url)} AS trail
        FROM (
          SELECT id, "pageUrl", pages, ${now.toISOString()}::timestamptz AS now,
            CASE WHEN "pageAt" >= ${since}::timestamptz THEN ${now.toISOString()}::timestamptz ELSE ${since}::timestamptz END AS since
          FROM "ChatSession" WHERE id = ${sessionId}::uuid FOR NO KEY UPDATE
        ) locked
      ) n
      WHERE s.id = n.id
      RETURNING n.moved`;
  return row?.moved === true;
}

/** `pages` with one more page at the front, opened at `since`, cut at the limit. */
function recentPagesWith(url: string): Prisma.Sql {
  return Prisma.sql`(
    SELECT jsonb_agg(page ORDER BY nth) FROM jsonb_array_elements(
      jsonb_build_array(jsonb_build_object('url', ${url}::text, 'at', to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
        || COALESCE(pages, '[]')
    ) WITH ORDINALITY AS trail(page, nth) WHERE nth <= ${MAX_VISITED_PAGES}::int
  )`;
}
