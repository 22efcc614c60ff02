import type { Prisma } from '@switchboard/database';
import { errorFor, operatorRole, parse, type OperatorRole } from '@switchboard/protocol';
import { z } from 'zod';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import type { WithEffects } from '../effects.ts';
import { hashPassword, newPassword } from './password.ts';
import { writeRevocation } from '../revocations/revocations.ts';
import { withDatabase } from '../with-database.ts';

type OwnContext = Pick<Context, 'db' | 'log'>;

export interface OperatorAccount {
  readonly id: number;
  readonly email: string;
  readonly name: string;
  readonly role: OperatorRole;
  /** False when they were removed: their row stays for the messages they wrote. */
  readonly maySignIn: boolean;
  /** Number of signed-in browsers. */
  readonly sessions: number;
}

/** All operators, also removed ones, by e-mail. @throws ChatError `forbidden` for everybody but the installation, `unavailable` */
export async function listOperators(ctx: OwnContext, actor: Actor, now: Date): Promise<OperatorAccount[]> {
  requirePermission(actor, 'operator.list');
  const users = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.user.findMany({
        orderBy: { email: 'asc' },
        select: {
          id: true,
          email: true,
          name: true,
          role: true,
          _count: { select: { accounts: true, sessions: { where: { expiresAt: { gt: now } } } } },
        },
      }),
  );
  return users.map(({ id, email, name, role, _count }) => ({
    id,
    email,
    name,
    role,
    maySignIn: _count.accounts > 0,
    sessions: _count.sessions,
  }));
}

/**
 * Changes an operator's role, from their next request on. Revokes their relay tokens, as the two verbs below do.
 *
 * @throws ChatError `forbidden` for everybody but the installation, `not_found`, `invalid_request`
 */
export async function setOperatorRole(
  ctx: OwnContext,
  actor: Actor,
  email: string,
  role: OperatorRole,
): Promise<WithEffects<{ id: number }>> {
  requirePermission(actor, 'operator.change');
  const checked = parse(operatorRole, role);
  return await withOperator(ctx, email, async (tx, { id }) => {
    await tx.user.update({ where: { id }, data: { role: checked } });
  });
}

/** Sets the password of an operator, also of a removed one, and signs them out everywhere. @throws ChatError as `setOperatorRole` */
export async function setOperatorPassword(
  ctx: OwnContext,
  actor: Actor,
  email: string,
  password: string,
): Promise<WithEffects<{ id: number }>> {
  requirePermission(actor, 'operator.change');
  const hash = await hashPassword(parse(z.object({ password: newPassword }), { password }).password);
  return await withOperator(ctx, email, async (tx, { id }) => {
    const credential = { providerId: 'credential', accountId: String(id) };
    await tx.authAccount.upsert({
      where: { providerId_accountId: credential },
      create: { ...credential, userId: id, password: hash },
      update: { password: hash },
    });
    await tx.authSession.deleteMany({ where: { userId: id } });
  });
}

/** Signs an operator out everywhere and removes their password. Their messages stay, with their name. @throws ChatError as `setOperatorRole` */
export async function removeOperator(ctx: OwnContext, actor: Actor, email: string): Promise<WithEffects<{ id: number }>> {
  requirePermission(actor, 'operator.remove');
  return await withOperator(ctx, email, async (tx, { id }) => {
    await tx.authAccount.deleteMany({ where: { userId: id } });
    await tx.authSession.deleteMany({ where: { userId: id } });
  });
}

/** Changes an operator and revokes their relay tokens, both or neither. */
async function withOperator(
  ctx: OwnContext,
  email: string,
  work: (tx: Prisma.TransactionClient, operator: { id: number }) => Promise<void>,
): Promise<WithEffects<{ id: number }>> {
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const operator = await tx.user.findUnique({ where: { email: email.trim().toLowerCase() }, select: { id: true } });
        if (operator === null) throw errorFor('operator_not_found', { email: email.trim() });
        await work(tx, operator);
        await writeRevocation(tx, { role: 'operator', id: operator.id, at: new Date() });
        return { id: operator.id, effects: [{ kind: 'access revoked', role: 'operator', id: operator.id, address: null }] };
      }),
  );
}
