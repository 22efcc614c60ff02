import { errorFor } from '@switchboard/protocol';
import type { Prisma } from '@switchboard/database';

import type { Actor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { forgetInSteps } from '../conversations/forget-in-steps.ts';
import { requirePermission } from '../permissions.ts';
import { withDatabase } from '../with-database.ts';
import { lockInboxes } from './inbox-view.ts';

/**
 * Removes an inbox. Its conversations and chats then belong to the default one; they are changed some at a time, before it goes.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for all but administrators, `not_found`, `conflict` for the default inbox
 */
export async function removeInbox(ctx: Pick<Context, 'db' | 'log'>, actor: Actor, id: number): Promise<{ id: number }> {
  const by = requirePermission(actor, 'inbox.change');
  await withDatabase(ctx, async () => await ctx.db.prisma.$transaction(async (tx) => await removable(tx, id)));
  await forgetInSteps(ctx, 'inboxId', id);
  await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const { key, name, teamId } = await removable(tx, id);
        // Visitors who have arrived meanwhile.
        await tx.client.updateMany({ where: { inboxId: id }, data: { inboxId: null, version: { increment: 1 } } });
        await tx.inbox.delete({ where: { id }, select: { id: true } });
        await writeAudit(tx, by, { action: 'inbox.removed', id, from: { key, name, teamId } });
      }),
  );
  return { id };
}

async function removable(tx: Prisma.TransactionClient, id: number) {
  const inbox = await lockInboxes(tx, id);
  if (inbox.isDefault) throw errorFor('default_inbox');
  return inbox;
}
