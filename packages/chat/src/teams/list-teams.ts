import type { TeamView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { idAfter, pageOf, pageSize, type Page, type PageQuery } from '../pages.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { TEAM_COLUMNS, viewOfTeam } from './team-view.ts';

/** A page of the teams, in the order of their ids. @throws ChatError `unauthenticated`, `forbidden`, `invalid_request`, `unavailable` */
export async function listTeams(ctx: Pick<Context, 'db' | 'log'>, actor: Actor, query: PageQuery = {}): Promise<Page<TeamView>> {
  requirePermission(actor, 'team.list');
  const size = pageSize(query);
  const where = { id: { gt: idAfter(query) } };
  const rows = await withDatabase(
    ctx,
    async () => await ctx.db.prisma.team.findMany({ where, select: TEAM_COLUMNS, orderBy: { id: 'asc' }, take: size + 1 }),
  );
  return pageOf(rows, size, ({ id }) => id, viewOfTeam);
}
