import { operatorRole, parse } from '@switchboard/protocol';
import type { z } from 'zod';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { insertOperator, newAccount, withEmail } from './insert-operator.ts';
import { hashPassword } from './password.ts';

const newOperator = newAccount.extend({ role: operatorRole.default('OPERATOR') });

/** Unchecked input: `createOperator` validates it. */
export type NewOperator = z.input<typeof newOperator>;

/**
 * Creates an operator who can sign in with e-mail (kept in lower case) and password.
 *
 * @throws ChatError `forbidden` for everybody but the installation, `invalid_request` with `fields`, `conflict` when the e-mail is taken
 */
export async function createOperator(ctx: Pick<Context, 'db' | 'log'>, actor: Actor, operator: NewOperator): Promise<{ id: number }> {
  const by = requirePermission(actor, 'operator.create');
  const { password, ...account } = parse(newOperator, operator);
  const hash = await hashPassword(password);
  return await withDatabase(
    ctx,
    async () =>
      await withEmail(account.email, async () => {
        const { userId } = await ctx.db.prisma.$transaction(async (tx) => await insertOperator(tx, by, { ...account, hash }));
        return { id: userId };
      }),
  );
}
