import type { Prisma } from '@switchboard/database';
import { errorFor } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { audienceChanged, conversationChanged, type WithEffects } from '../effects.ts';
import { writeEvent } from '../events/write-event.ts';
import { requirePermission } from '../permissions.ts';
import { lockClient } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { readOpenChat, type Assignment } from './open-chat.ts';

/** The assignment that the caller wants. An omitted field keeps its value; but a change of team without `assigneeId` unassigns the operator. */
export interface AssignInput {
  readonly clientId: number;
  readonly assigneeId?: number | null | undefined;
  readonly teamId?: number | null | undefined;
  /** The assignee that the caller has seen. */
  readonly expected: { readonly assigneeId: number | null };
}

/**
 * Assigns the open chat of a conversation to an operator or a team, or unassigns it. Compare-and-set: of several callers who saw the same assignee, one
 * succeeds. A request for the current state changes nothing and succeeds, whatever was expected.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`, `conflict` when the assignee is not the expected one (`current`
 * says who: `{ assignee, team }`) or when no chat is open, `invalid_request` for an operator or a team that does not exist or an operator who was removed
 */
export async function assign(ctx: Context, actor: Actor, input: AssignInput): Promise<WithEffects<Assignment>> {
  requirePermission(actor, 'chat.assign');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const client = await lockClient(tx, actor, input.clientId);
        const before = await readOpenChat(tx, client.id);
        const wanted = wantedOf(input, before);
        if (wanted.assigneeId === idOf(before.assignee) && wanted.teamId === idOf(before.team))
          return { assignee: before.assignee, team: before.team, effects: [conversationChanged(client, 'state', 'activity')] };
        if (input.expected.assigneeId !== idOf(before.assignee)) throw takenBy(before);
        const after = await findMeant(tx, wanted);
        const now = ctx.clock();
        await tx.client.update({
          where: { id: client.id },
          data: { ...wanted, updatedAt: now, version: { increment: 1 } },
          select: { id: true },
        });
        await writeEvent(tx, actor, {
          clientId: client.id,
          kind: after.assignee === null && after.team === null ? 'unassigned' : 'assigned',
          at: now,
          from: eventValues(before),
          to: eventValues(after),
        });
        return { ...after, effects: [audienceChanged(client, wanted)] };
      }),
  );
}

interface Wanted {
  readonly assigneeId: number | null;
  readonly teamId: number | null;
}

function wantedOf({ assigneeId, teamId }: AssignInput, before: Assignment): Wanted {
  const team = teamId === undefined ? idOf(before.team) : teamId;
  const kept = team === idOf(before.team) ? idOf(before.assignee) : null;
  return { assigneeId: assigneeId === undefined ? kept : assigneeId, teamId: team };
}

async function findMeant(tx: Prisma.TransactionClient, { assigneeId, teamId }: Wanted): Promise<Assignment> {
  // An operator who was removed keeps their row, for the messages that they wrote, and has no way to sign in.
  const assignee =
    assigneeId === null
      ? null
      : await tx.user.findFirst({ where: { id: assigneeId, accounts: { some: {} } }, select: { id: true, name: true } });
  const team = teamId === null ? null : await tx.team.findUnique({ where: { id: teamId }, select: { id: true, name: true } });
  if (assigneeId !== null && assignee === null)
    throw errorFor('assignee_unknown', undefined, { fields: { assigneeId: 'must be an operator' } });
  if (teamId !== null && team === null) throw errorFor('team_unknown', undefined, { fields: { teamId: 'must be a team' } });
  return { assignee, team };
}

function takenBy(current: Assignment) {
  if (current.assignee === null) return errorFor('nobody_has_it', undefined, { current });
  return errorFor('taken_by', { name: current.assignee.name }, { current });
}

function idOf(one: { readonly id: number } | null): number | null {
  return one?.id ?? null;
}

function eventValues({ assignee, team }: Assignment) {
  return { assigneeId: idOf(assignee), assigneeName: assignee?.name ?? null, teamId: idOf(team), teamName: team?.name ?? null };
}
