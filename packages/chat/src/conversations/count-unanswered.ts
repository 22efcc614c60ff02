import { MAX_VIEW_COUNT } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { clientsSeenBy } from '../visible.ts';
import { IS_WAITING } from './who-waits.ts';
import { withDatabase } from '../with-database.ts';

/** Conversations in which somebody waits for an answer. */
export interface Unanswered {
  /** `MAX_VIEW_COUNT` when there are that many or more: strangers must not decide how much counting costs. */
  readonly count: number;
  /** The longest wait, counted from the first message without an answer, in seconds; 0 when nobody waits. */
  readonly oldestSeconds: number;
}

/**
 * Counts the visitors who wait for an operator: those of the view `waiting`.
 *
 * @throws ChatError `forbidden` for everybody but the installation, `unavailable`
 */
export async function countUnanswered(ctx: Context, actor: Actor): Promise<Unanswered> {
  const system = requirePermission(actor, 'waiting.count');
  return await withDatabase(ctx, async () => await countWaiting(ctx, system));
}

/** The same of the conversations that this actor sees. */
export async function countWaiting(ctx: Context, actor: Actor): Promise<Unanswered> {
  const rows = await ctx.db.prisma.$queryRaw<{ count: number; oldest: Date | null }[]>`
      SELECT count(*)::int AS count, min(since) AS oldest
      FROM (SELECT c."waitingSince" AS since FROM ${clientsSeenBy(actor)} WHERE ${IS_WAITING} ORDER BY c."waitingSince", c.id LIMIT ${MAX_VIEW_COUNT}::int) w`;
  const [row] = rows;
  const oldest = row?.oldest ?? null;
  return { count: row?.count ?? 0, oldestSeconds: oldest === null ? 0 : Math.max(0, (ctx.clock().getTime() - oldest.getTime()) / 1_000) };
}
