import type { Prisma } from '@switchboard/database';
import { errorFor } from '@switchboard/protocol';

import { MAX_INTEGER } from '../visible.ts';
import { roleOf } from './role-columns.ts';

/** An operator, by their id or by their e-mail, whatever its case. */
export type OperatorRef = { readonly id: number } | { readonly email: string };

const COLUMNS = { id: true, name: true, email: true, displayName: true, capacity: true, role: true, isSupervisor: true } as const;

/** The operator that is meant, under the lock of their row. @throws ChatError `not_found` */
export async function lockOperator(tx: Prisma.TransactionClient, ref: OperatorRef) {
  const where = 'id' in ref ? { id: idMeant(ref.id) } : { email: ref.email.trim().toLowerCase() };
  const found = await tx.user.findUnique({ where, select: { id: true } });
  if (found === null) throw 'id' in ref ? errorFor('no_such_operator') : errorFor('operator_not_found', { email: ref.email.trim() });
  // NO KEY UPDATE: messages and other rows that refer to the operator can be written meanwhile.
  await tx.$queryRaw`SELECT FROM "User" WHERE id = ${found.id}::int FOR NO KEY UPDATE`;
  const { role, isSupervisor, ...row } = await tx.user.findUniqueOrThrow({ where: { id: found.id }, select: COLUMNS });
  return { ...row, role: roleOf({ role, isSupervisor }) };
}

/** @throws ChatError `not_found` for a number that no id can be */
export function idMeant(id: number): number {
  if (!Number.isInteger(id) || id < 1 || id > MAX_INTEGER) throw errorFor('no_such_operator');
  return id;
}

/**
 * Refuses to take away the last administrator who can sign in, because nobody could make another one in the console. The command line may: it can make one.
 * Locks all administrators, so that two of them who remove each other at the same time do not both succeed. Call it before any other lock of an operator.
 *
 * @throws ChatError `conflict`
 */
export async function keepAnAdministrator(tx: Prisma.TransactionClient, ref: OperatorRef): Promise<void> {
  await tx.$queryRaw`SELECT FROM "User" WHERE role = 'ADMIN' ORDER BY id FOR NO KEY UPDATE`;
  const admins = await tx.user.findMany({ where: { role: 'ADMIN', accounts: { some: {} } }, select: { id: true, email: true } });
  const [last] = admins;
  if (admins.length !== 1 || last === undefined) return;
  const isMeant = 'id' in ref ? last.id === ref.id : last.email === ref.email.trim().toLowerCase();
  if (isMeant) throw errorFor('last_administrator');
}
