import type { Prisma } from '@switchboard/database';
import { parse, type CheckedInvitation } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { insertOperator, newAccount, withEmail } from '../operators/insert-operator.ts';
import { hashPassword } from '../operators/password.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { findInvitation } from './find-invitation.ts';
import { hashOf } from './secret.ts';

type OwnContext = Pick<Context, 'db' | 'log'>;

/** What the page of a link shows. @throws ChatError as `acceptInvitation` */
export async function checkInvitation(ctx: OwnContext, actor: Actor, token: string): Promise<CheckedInvitation> {
  requirePermission(actor, 'invitation.accept');
  const { role, name, email, invitedBy } = await withDatabase(ctx, async () => await findInvitation(ctx.db.prisma, token));
  return { role, name, email, invitedBy };
}

/** The secret of the link, and what the person has chosen. Unchecked. */
export interface Acceptance {
  readonly token: string;
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/**
 * Creates the account of the person who was invited and uses up the link, both or neither: of several who have the same link, one gets an account.
 *
 * @throws ChatError `invalid_request` with `fields`, `not_found` for a link that is unknown, expired or revoked, `conflict` when it has been used or there is an
 * operator with that e-mail
 */
export async function acceptInvitation(ctx: OwnContext, actor: Actor, acceptance: Acceptance): Promise<{ operatorId: number }> {
  requirePermission(actor, 'invitation.accept');
  const { token } = acceptance;
  const { prisma } = ctx.db;
  // Before the password is hashed, which is expensive on purpose.
  await withDatabase(ctx, async () => await findInvitation(prisma, token));
  const { password, ...account } = parse(newAccount, acceptance);
  const hash = await hashPassword(password);
  return await withDatabase(
    ctx,
    async () =>
      await withEmail(account.email, async () => await prisma.$transaction(async (tx) => await accept(tx, token, { ...account, hash }))),
  );
}

async function accept(
  tx: Prisma.TransactionClient,
  token: string,
  account: { readonly email: string; readonly name: string; readonly hash: string },
): Promise<{ operatorId: number }> {
  const [locked] = await tx.$queryRaw<{ isFirst: boolean }[]>`
    SELECT "createdById" IS NULL AS "isFirst" FROM "Invitation" WHERE "tokenHash" = ${hashOf(token)} FOR UPDATE`;
  // Nobody else becomes an operator meanwhile.
  if (locked?.isFirst === true) await tx.$executeRaw`LOCK TABLE "User" IN SHARE ROW EXCLUSIVE MODE`;
  const { id, role, teamIds } = await findInvitation(tx, token);
  const operator = await insertOperator(tx, null, { ...account, role });
  const teams = await tx.team.findMany({ where: { id: { in: [...teamIds] } }, select: { id: true } });
  await tx.teamMember.createMany({ data: teams.map((team) => ({ teamId: team.id, userId: operator.userId })) });
  await tx.team.updateMany({ where: { id: { in: teams.map((team) => team.id) } }, data: { version: { increment: 1 } } });
  await tx.$executeRaw`UPDATE "Invitation" SET "acceptedAt" = now(), "acceptedById" = ${operator.userId}::int WHERE id = ${id}::int`;
  await writeAudit(tx, operator, { action: 'invitation.accepted', id, to: { operatorId: operator.userId, role } });
  return { operatorId: operator.userId };
}
