import { isUniqueViolation } from '@switchboard/database';
import { errorFor, isVisible, MAX_EMAIL_LENGTH, MAX_NAME_LENGTH, operatorRole, parse } from '@switchboard/protocol';
import { z } from 'zod';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { hashPassword, newPassword } from './password.ts';
import { withDatabase } from '../with-database.ts';

const newOperator = z.object({
  email: z.string().trim().toLowerCase().max(MAX_EMAIL_LENGTH).pipe(z.email('must be an e-mail address')),
  name: z
    .string()
    .trim()
    .max(MAX_NAME_LENGTH)
    .refine(isVisible, 'must not be empty')
    .refine((value) => !/\p{Cc}/u.test(value), 'must not contain control characters'),
  password: newPassword,
  role: operatorRole.default('OPERATOR'),
});

/** Unchecked input: `createOperator` validates it. */
export type NewOperator = z.input<typeof newOperator>;

/**
 * Creates an operator who can sign in with e-mail (kept in lower case) and password.
 *
 * @throws ChatError `forbidden` for everybody but the installation, `invalid_request` with `fields`, `conflict` when the e-mail is taken
 */
export async function createOperator(ctx: Pick<Context, 'db' | 'log'>, actor: Actor, operator: NewOperator): Promise<{ id: number }> {
  requirePermission(actor, 'operator.create');
  const { email, name, password, role } = parse(newOperator, operator);
  const hash = await hashPassword(password);
  return await withDatabase(ctx, async () => {
    try {
      return await ctx.db.prisma.$transaction(async (tx) => {
        const { id } = await tx.user.create({ data: { email, name, role, emailVerified: true }, select: { id: true } });
        await tx.authAccount.create({ data: { userId: id, providerId: 'credential', accountId: String(id), password: hash } });
        return { id };
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw errorFor('email_taken', { email }, { fields: { email: 'is taken' } });
    }
  });
}
