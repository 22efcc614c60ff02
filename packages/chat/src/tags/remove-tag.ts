import type { Prisma } from '@switchboard/database';

import type { Actor, OperatorActor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { MAX_INTEGER } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { raiseBatch } from './tagged.ts';

/**
 * Removes a tag, also from the chats that have it: in batches, so that saving never waits for all of them. If it is interrupted, repeating it continues.
 * Removing a tag that does not exist changes nothing.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but supervisors and administrators
 */
export async function removeTag(ctx: Context, actor: Actor, { tagId }: { readonly tagId: number }): Promise<void> {
  const operator = requirePermission(actor, 'tag.change');
  if (tagId > MAX_INTEGER) return;
  let isRemoved = false;
  while (!isRemoved)
    isRemoved = await withDatabase(ctx, async () => await ctx.db.prisma.$transaction(async (tx) => await removeStep(tx, operator, tagId)));
}

/** @returns whether the tag is removed: when no chat has it */
async function removeStep(tx: Prisma.TransactionClient, operator: OperatorActor, tagId: number): Promise<boolean> {
  const ids = await raiseBatch(tx, tagId, 0);
  if (ids.length === 0) {
    // Those who tag a chat lock the tag first: none can do it between the query and the end of this transaction.
    const [tag] = await tx.$queryRaw<{ name: string }[]>`SELECT name FROM "Tag" WHERE id = ${tagId}::int FOR UPDATE`;
    if (tag === undefined) return true;
    const { count } = await tx.tag.deleteMany({ where: { id: tagId, chats: { none: {} } } });
    if (count > 0) await writeAudit(tx, operator, { action: 'tag.removed', id: tagId, from: { name: tag.name } });
    return count > 0;
  }
  await tx.chatTag.deleteMany({ where: { tagId, chat: { clientId: { in: ids } } } });
  return false;
}
