import { Prisma } from '@switchboard/database';
import { invalidField, MAX_MENTIONS } from '@switchboard/protocol';

import type { OperatorActor } from '../actor.ts';
import { roleOf } from '../operators/role-columns.ts';
import { clientsSeenBy } from '../visible.ts';

/** A mention that a transaction adds: by a note, or by a change of one. */
interface NewMentions {
  readonly noteId: number;
  readonly clientId: number;
  /** The number of the note, or of the event of the change. */
  readonly activitySeq: number;
  readonly userIds: readonly number[];
}

/**
 * The ids of the operators whom a note may mention, in order and each once.
 *
 * @throws ChatError `invalid_request` when there are too many, or when one does not exist or does not see the conversation
 */
export async function checkedMentions(tx: Prisma.TransactionClient, clientId: number, asked: readonly number[]): Promise<number[]> {
  const ids = [...new Set(asked)].toSorted((one, other) => one - other);
  if (ids.length === 0) return ids;
  if (ids.length > MAX_MENTIONS) throw invalidField('mentions', `must name at most ${MAX_MENTIONS} operators`);
  const users = await tx.user.findMany({ where: { id: { in: ids } }, select: { id: true, name: true, role: true, isSupervisor: true } });
  const sights = users.map(({ id: userId, name, ...columns }) => {
    const operator: OperatorActor = { kind: 'operator', userId, name, role: roleOf(columns) };
    return Prisma.sql`SELECT ${userId}::int AS id FROM ${clientsSeenBy(operator)} WHERE c.id = ${clientId}::int`;
  });
  const seeing = sights.length === 0 ? [] : await tx.$queryRaw<{ id: number }[]>`${Prisma.join(sights, ' UNION ALL ')}`;
  const able = new Set(seeing.map(({ id }) => id));
  const unable = ids.filter((id) => !able.has(id));
  if (unable.length > 0) throw invalidField('mentions', `must be operators who see the conversation, which ${unable.join(', ')} are not`);
  return ids;
}

/** Adds these mentions, which nobody has seen yet. */
export async function addMentions(tx: Prisma.TransactionClient, { userIds, ...of }: NewMentions): Promise<void> {
  if (userIds.length > 0) await tx.mention.createMany({ data: userIds.map((userId) => ({ userId, ...of })) });
}
