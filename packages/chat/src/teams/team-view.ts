import { errorFor, type TeamView } from '@switchboard/protocol';
import type { Prisma } from '@switchboard/database';

import { MAX_INTEGER } from '../visible.ts';

/** Columns of `TeamRow`. */
export const TEAM_COLUMNS = {
  id: true,
  name: true,
  version: true,
  members: {
    select: { userId: true, isLead: true, user: { select: { name: true } } },
    orderBy: [{ user: { name: 'asc' } }, { userId: 'asc' }],
  },
} as const satisfies Prisma.TeamSelect;
type TeamRow = Prisma.TeamGetPayload<{ select: typeof TEAM_COLUMNS }>;

/** A team as operators see it. */
export function viewOfTeam({ id, name, version, members }: TeamRow): TeamView {
  return { id, name, version, members: members.map(({ userId, isLead, user }) => ({ operatorId: userId, name: user.name, isLead })) };
}

/** The team under the lock of its row, so that nothing begins to refer to it until the transaction ends. @throws ChatError `not_found` */
export async function lockTeam(tx: Prisma.TransactionClient, id: number): Promise<TeamView> {
  const asked = id > MAX_INTEGER ? 0 : id;
  await tx.$queryRaw`SELECT FROM "Team" WHERE id = ${asked}::int FOR UPDATE`;
  const row = await tx.team.findUnique({ where: { id: asked }, select: TEAM_COLUMNS });
  if (row === null) throw errorFor('team_not_found');
  return viewOfTeam(row);
}
