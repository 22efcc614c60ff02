import { isUniqueViolation, type Prisma } from '@switchboard/database';
import { chosenName, errorFor, operatorEmail, type OperatorRole } from '@switchboard/protocol';
import { z } from 'zod';

import type { OperatorActor, SystemActor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import { newPassword } from './password.ts';
import { roleColumns } from './role-columns.ts';

/** What somebody chooses of a new account. */
export const newAccount = z.object({ email: operatorEmail, name: chosenName, password: newPassword });

/** A checked new account. `hash`: of its password. */
export interface CheckedAccount {
  readonly email: string;
  readonly name: string;
  readonly role: OperatorRole;
  readonly hash: string;
}

/** Creates an operator who can sign in. @param by null: themselves. @throws a unique violation when the e-mail is taken */
export async function insertOperator(
  tx: Prisma.TransactionClient,
  by: OperatorActor | SystemActor | null,
  { email, name, role, hash }: CheckedAccount,
): Promise<OperatorActor> {
  const { id } = await tx.user.create({ data: { email, name, ...roleColumns(role), emailVerified: true }, select: { id: true } });
  await tx.authAccount.create({ data: { userId: id, providerId: 'credential', accountId: String(id), password: hash } });
  const operator: OperatorActor = { kind: 'operator', userId: id, name, role };
  await writeAudit(tx, by ?? operator, { action: 'operator.created', id, to: { email, name, role } });
  return operator;
}

/** Runs work that inserts an operator. @throws ChatError `conflict` when the e-mail is taken */
export async function withEmail<T>(email: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw errorFor('email_taken', { email }, { fields: { email: 'is taken' } });
  }
}
