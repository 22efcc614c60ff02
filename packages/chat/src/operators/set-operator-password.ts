import { parse } from '@switchboard/protocol';
import { z } from 'zod';

import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import type { WithEffects } from '../effects.ts';
import { requirePermission } from '../permissions.ts';
import { writeRevocation } from '../revocations/revocations.ts';
import { withDatabase } from '../with-database.ts';
import { lockOperator, type OperatorRef } from './find-operator.ts';
import { hashPassword, newPassword } from './password.ts';

/**
 * Sets the password of an operator, also of a removed one, and signs them out everywhere.
 *
 * @throws ChatError `forbidden` for everybody but the installation, `not_found`, `invalid_request` with `fields`
 */
export async function setOperatorPassword(
  ctx: Pick<Context, 'db' | 'log'>,
  actor: Actor,
  ref: OperatorRef,
  password: string,
): Promise<WithEffects<{ id: number }>> {
  const by = requirePermission(actor, 'operator.set-password');
  const hash = await hashPassword(parse(z.object({ password: newPassword }), { password }).password);
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const { id } = await lockOperator(tx, ref);
        const credential = { providerId: 'credential', accountId: String(id) };
        await tx.authAccount.upsert({
          where: { providerId_accountId: credential },
          create: { ...credential, userId: id, password: hash },
          update: { password: hash },
        });
        await tx.authSession.deleteMany({ where: { userId: id } });
        await writeRevocation(tx, { role: 'operator', id, at: new Date() });
        await writeAudit(tx, by, { action: 'operator.password-changed', id });
        return { id, effects: [{ kind: 'access revoked', role: 'operator', id, address: null }] };
      }),
  );
}
