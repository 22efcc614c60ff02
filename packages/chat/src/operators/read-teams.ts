import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { operatorWithLimitedSight } from '../visible.ts';
import { withDatabase } from '../with-database.ts';

/**
 * The ids of the teams to which the sight of this operator is limited, for their relay token; undefined for one who sees every conversation. Where there are
 * no teams, everybody does.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `unavailable`
 */
export async function readTeams(ctx: Pick<Context, 'db' | 'log'>, actor: Actor): Promise<readonly number[] | undefined> {
  const operator = requirePermission(actor, 'operator.read-teams');
  if (operatorWithLimitedSight(operator) === null) return undefined;
  const [row] = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$queryRaw<{ exist: boolean; own: number[] }[]>`
        SELECT EXISTS (SELECT FROM "Team") AS exist,
          ARRAY(SELECT m."teamId" FROM "TeamMember" m WHERE m."userId" = ${operator.userId}::int ORDER BY m."teamId") AS own`,
  );
  return row?.exist === true ? row.own : undefined;
}
