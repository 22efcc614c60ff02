import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { releaseChats } from '../conversations/release-chats.ts';
import type { Effect, WithEffects } from '../effects.ts';
import { requirePermission } from '../permissions.ts';
import { writeRevocation } from '../revocations/revocations.ts';
import { withDatabase } from '../with-database.ts';
import { keepAnAdministrator, lockOperator, type OperatorRef } from './find-operator.ts';

/**
 * Signs an operator out everywhere and removes their password. Their row and their messages stay, with their name. Their open chats then return to the queue,
 * some at a time; repeating the call continues with those that an interrupted one has left.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for all but administrators and the installation, `not_found`, `conflict` when they are the last administrator
 */
export async function removeOperator(
  ctx: Pick<Context, 'db' | 'log' | 'clock'>,
  actor: Actor,
  ref: OperatorRef,
): Promise<WithEffects<{ id: number }>> {
  const by = requirePermission(actor, 'operator.remove');
  const id = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        if (by.kind === 'operator') await keepAnAdministrator(tx, ref);
        const operator = await lockOperator(tx, ref);
        const userId = operator.id;
        const { count } = await tx.authAccount.deleteMany({ where: { userId } });
        await tx.authSession.deleteMany({ where: { userId } });
        await tx.presence.deleteMany({ where: { userId } });
        await writeRevocation(tx, { role: 'operator', id: userId, at: new Date() });
        const { name, email, role } = operator;
        if (count > 0) await writeAudit(tx, by, { action: 'operator.removed', id: userId, from: { name, email, role } });
        return userId;
      }),
  );
  const revoked: Effect = { kind: 'access revoked', role: 'operator', id, address: null };
  return { id, effects: [revoked, ...(await releaseChats(ctx, by, { assigneeId: id }))] };
}
