import { SYSTEM, type Actor, type OperatorActor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { forgetInSteps } from '../conversations/forget-in-steps.ts';
import { releaseChats } from '../conversations/release-chats.ts';
import type { Effect, WithEffects } from '../effects.ts';
import { requirePermission } from '../permissions.ts';
import { clientsSeenBy } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { lockTeam } from './team-view.ts';

type OwnContext = Pick<Context, 'db' | 'log' | 'clock'>;

/**
 * Removes a team with its canned replies. Its open conversations go to no team, each with an event, some in each transaction; then its inboxes and its earlier
 * chats forget it. Repeating the call continues an interrupted one.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for all but administrators, `not_found`
 */
export async function removeTeam(ctx: OwnContext, actor: Actor, id: number): Promise<WithEffects<{ id: number }>> {
  const by = requirePermission(actor, 'team.change');
  await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        await lockTeam(tx, id);
        // No more chats begin in it.
        await tx.inbox.updateMany({ where: { teamId: id }, data: { teamId: null, version: { increment: 1 } } });
      }),
  );
  const effects: Effect[] = [];
  do {
    effects.push(...(await releaseChats(ctx, by, { teamId: id })));
    await forgetInSteps(ctx, 'teamId', id);
  } while (!(await removeUnused(ctx, by, id)));
  return { id, effects };
}

/** @returns false, without a change, when somebody has given the team an open conversation meanwhile */
async function removeUnused(ctx: OwnContext, by: OperatorActor, id: number): Promise<boolean> {
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const { name, members } = await lockTeam(tx, id);
        const open = await tx.$queryRaw<object[]>`
          SELECT FROM ${clientsSeenBy(SYSTEM)} WHERE c."teamId" = ${id}::int AND c."chatOpenedAt" IS NOT NULL LIMIT 1`;
        if (open.length > 0) return false;
        await tx.team.delete({ where: { id }, select: { id: true } });
        await writeAudit(tx, by, { action: 'team.removed', id, from: { name, members: members.map(({ operatorId }) => operatorId) } });
        return true;
      }),
  );
}
