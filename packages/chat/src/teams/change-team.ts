import { isUniqueViolation, type Prisma } from '@switchboard/database';
import { chosenName, errorFor, invalidField, parse, teamMembers, type TeamView } from '@switchboard/protocol';
import { z } from 'zod';

import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import type { Effect, WithEffects } from '../effects.ts';
import { requirePermission } from '../permissions.ts';
import { writeRevocation } from '../revocations/revocations.ts';
import { withDatabase } from '../with-database.ts';
import { lockTeam, TEAM_COLUMNS, viewOfTeam } from './team-view.ts';

type OwnContext = Pick<Context, 'db' | 'log' | 'clock'>;

const teamChange = z.object({ name: chosenName.optional(), members: teamMembers.optional() });
const newTeam = teamChange.required({ name: true });

/** `members` are all of them. Unchecked input: the verbs validate it. */
export type NewTeam = z.input<typeof newTeam>;

/** The new values of a team. Omitted fields keep their values. `expected`: the version that the caller has seen. */
export type TeamChange = z.input<typeof teamChange> & { readonly expected: { readonly version: number } };

/**
 * Creates a team. Its operators get new relay tokens, which say what they see. The first team limits the sight of everybody who is neither administrator nor
 * supervisor, so all of them do.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for all but administrators, `invalid_request` with `fields`, `conflict` when the name is taken
 */
export async function createTeam(ctx: OwnContext, actor: Actor, team: NewTeam): Promise<WithEffects<TeamView>> {
  const by = requirePermission(actor, 'team.change');
  const { name, members = [] } = parse(newTeam, team);
  return await withName(ctx, name, async (tx) => {
    await requireOperators(tx, members);
    const isFirst = (await tx.team.findFirst({ select: { id: true } })) === null;
    const { id } = await tx.team.create({ data: { name, members: { create: members.map(rowOf) } }, select: { id: true } });
    await writeAudit(tx, by, { action: 'team.created', id, to: { name, members } });
    const limited = isFirst ? await tx.user.findMany({ where: { role: 'OPERATOR', isSupervisor: false }, select: { id: true } }) : [];
    const concerned = [...members.map(({ operatorId }) => operatorId), ...limited.map((operator) => operator.id)];
    return { ...(await readTeam(tx, id)), effects: await revokeTokens(tx, concerned, ctx.clock()) };
  });
}

/**
 * Changes a team. Who sees its conversations follows with the next request of each operator, because sight is read from the database. Operators who joined or
 * left it get new relay tokens.
 *
 * @throws ChatError as `createTeam`, `not_found`, `conflict` when it has another version than expected, with the team as `current`
 */
export async function changeTeam(
  ctx: OwnContext,
  actor: Actor,
  id: number,
  { expected, ...change }: TeamChange,
): Promise<WithEffects<TeamView>> {
  const by = requirePermission(actor, 'team.change');
  const { name, members } = parse(teamChange, change);
  return await withName(ctx, name, async (tx) => {
    const before = await lockTeam(tx, id);
    if (before.version !== expected.version) throw errorFor('team_changed', undefined, { current: before });
    if (members !== undefined) {
      await requireOperators(tx, members);
      await tx.teamMember.deleteMany({ where: { teamId: id } });
      await tx.teamMember.createMany({ data: members.map(({ operatorId, isLead }) => ({ teamId: id, userId: operatorId, isLead })) });
    }
    await tx.team.update({
      where: { id },
      data: { ...(name === undefined ? {} : { name }), version: { increment: 1 } },
      select: { id: true },
    });
    const after = await readTeam(tx, id);
    await writeAudit(tx, by, { action: 'team.changed', id, from: recorded(before), to: recorded(after) });
    return { ...after, effects: await revokeTokens(tx, joinedOrLeft(before, after), ctx.clock()) };
  });
}

/** Runs the transaction of a change that gives a team this name. */
async function withName(
  ctx: OwnContext,
  name: string | undefined,
  work: (tx: Prisma.TransactionClient) => Promise<WithEffects<TeamView>>,
): Promise<WithEffects<TeamView>> {
  return await withDatabase(ctx, async () => {
    try {
      return await ctx.db.prisma.$transaction(work);
    } catch (error) {
      if (name === undefined || !isUniqueViolation(error)) throw error;
      throw errorFor('team_name_taken', { name }, { fields: { name: 'is taken' } });
    }
  });
}

type Member = z.output<typeof teamMembers>[number];

const rowOf = ({ operatorId, isLead }: Member) => ({ userId: operatorId, isLead });

/** The operators who are members of one and not of the other. */
function joinedOrLeft(before: TeamView, after: TeamView): number[] {
  const idsOf = ({ members }: TeamView) => new Set(members.map(({ operatorId }) => operatorId));
  const [old, current] = [idsOf(before), idsOf(after)];
  return [...[...old].filter((id) => !current.has(id)), ...[...current].filter((id) => !old.has(id))];
}

/** Ends the connections of these operators to the relay, so that they connect again with tokens that name their teams. */
async function revokeTokens(tx: Prisma.TransactionClient, operatorIds: readonly number[], at: Date): Promise<Effect[]> {
  const ids = [...new Set(operatorIds)].toSorted((one, other) => one - other);
  for (const id of ids) await writeRevocation(tx, { role: 'operator', id, at });
  return ids.map((id) => ({ kind: 'access revoked', role: 'operator', id, address: null }));
}

function recorded({ name, members }: TeamView) {
  return { name, members: members.map(({ operatorId, isLead }) => ({ operatorId, isLead })) };
}

/** @throws ChatError `invalid_request` when a member is no operator */
async function requireOperators(tx: Prisma.TransactionClient, members: readonly Member[]): Promise<void> {
  const ids = members.map(({ operatorId }) => operatorId);
  if ((await tx.user.count({ where: { id: { in: ids } } })) !== ids.length) throw invalidField('members', 'must be ids of operators');
}

async function readTeam(tx: Prisma.TransactionClient, id: number): Promise<TeamView> {
  return viewOfTeam(await tx.team.findUniqueOrThrow({ where: { id }, select: TEAM_COLUMNS }));
}
