import type { Prisma } from '@switchboard/database';
import { errorFor, invalidField, type CannedReplyView } from '@switchboard/protocol';

import type { Actor, OperatorActor } from '../actor.ts';
import { isPermitted } from '../permissions.ts';
import { MAX_INTEGER } from '../visible.ts';

/** A row of `CannedReply`. */
type ReplyRow = Prisma.CannedReplyGetPayload<object>;

/** Whose a canned reply is: an operator's (`ownerId`), a team's (`teamId`), or everybody's (neither). */
export interface Scope {
  readonly ownerId: number | null;
  readonly teamId: number | null;
}

/** The value of the column `scope`, within which a shortcut is unique. */
export function scopeKey({ ownerId, teamId }: Scope): string {
  if (ownerId !== null) return `user:${ownerId}`;
  return teamId === null ? 'all' : `team:${teamId}`;
}

/** A canned reply as the operators see it who may use it. */
export function presentReply({ id, shortcut, text, ownerId, teamId, version, updatedAt }: ReplyRow): CannedReplyView {
  const shared = teamId === null ? 'everybody' : 'team';
  return { id, shortcut, text, scope: ownerId === null ? shared : 'own', teamId, version, updatedAt: updatedAt.toISOString() };
}

/** What the audit log says of a canned reply: of an operator's own one no text, because administrators read the log. */
export function auditedReply(row: ReplyRow) {
  const { shortcut, scope, text, teamId } = { ...row, ...presentReply(row) };
  return { shortcut, scope, ...(scope === 'own' ? {} : { text, teamId }) };
}

/** A condition: the canned replies that this operator may use. Those who may change every shared one see those of all teams. */
export function usableBy(operator: OperatorActor): Prisma.CannedReplyWhereInput {
  const shared = writesAny(operator) ? {} : { OR: [{ teamId: null }, { team: { members: { some: { userId: operator.userId } } } }] };
  return { OR: [{ ownerId: operator.userId }, { ownerId: null, ...shared }] };
}

/** Excludes others who add or change canned replies until the transaction ends, so that shortcuts and their number can be checked first. */
export async function lockReplies(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`LOCK TABLE "CannedReply" IN SHARE ROW EXCLUSIVE MODE`;
}

/**
 * @throws ChatError `forbidden` unless the operator may add and change canned replies of this scope: their own, those of teams that they lead, or with the
 * permission all shared ones; `invalid_request` for a team that does not exist
 */
export async function requireWritable(tx: Prisma.TransactionClient, operator: OperatorActor, { ownerId, teamId }: Scope): Promise<void> {
  if (ownerId !== null && ownerId === operator.userId) return;
  const isTeam = teamId !== null && teamId <= MAX_INTEGER;
  if (writesAny(operator)) {
    if (teamId === null || (isTeam && (await tx.team.count({ where: { id: teamId } })) > 0)) return;
    throw invalidField('teamId', 'must be the id of a team');
  }
  const lead = { userId: operator.userId, isLead: true };
  if (isTeam && (await tx.teamMember.count({ where: { teamId, ...lead } })) > 0) return;
  throw errorFor('canned_reply_of_others');
}

/** Whether the actor may write everybody's canned replies and those of all teams. */
function writesAny(actor: Actor): boolean {
  return isPermitted(actor, 'canned-reply.write-any');
}

/** The canned reply, undefined when there is none that this operator may use. */
export async function findReply(tx: Prisma.TransactionClient, operator: OperatorActor, id: number): Promise<ReplyRow | undefined> {
  if (id > MAX_INTEGER) return undefined;
  return (await tx.cannedReply.findFirst({ where: { id, ...usableBy(operator) } })) ?? undefined;
}

/** The refusal of a shortcut that another canned reply of the scope has. */
export function shortcutTaken(other: ReplyRow) {
  return errorFor('shortcut_taken', { shortcut: other.shortcut }, { current: presentReply(other) });
}
