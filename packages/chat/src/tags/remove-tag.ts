import type { Prisma } from '@switchboard/database';

import { SYSTEM, type Actor, type OperatorActor } from '../actor.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Context } from '../context.ts';
import { requirePermission } from '../permissions.ts';
import { clientsSeenBy, MAX_INTEGER } from '../visible.ts';
import { withDatabase } from '../with-database.ts';

/** Conversations whose rows are locked at once. */
const BATCH = 200;

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
  const tagged = await tx.chat.findMany({
    where: { tags: { some: { tagId } } },
    distinct: ['clientId'],
    orderBy: { clientId: 'asc' },
    take: BATCH,
    select: { clientId: true },
  });
  const ids = tagged.map(({ clientId }) => clientId);
  if (ids.length === 0) {
    // Those who tag a chat lock the tag first: none can do it between the query and the end of this transaction.
    const [tag] = await tx.$queryRaw<{ name: string }[]>`SELECT name FROM "Tag" WHERE id = ${tagId}::int FOR UPDATE`;
    if (tag === undefined) return true;
    const { count } = await tx.tag.deleteMany({ where: { id: tagId, chats: { none: {} } } });
    if (count > 0) await writeAudit(tx, operator, { action: 'tag.removed', id: tagId, from: { name: tag.name } });
    return count > 0;
  }
  await tx.$queryRaw`SELECT c.id FROM ${clientsSeenBy(SYSTEM)} WHERE c.id = ANY(${ids}::int[]) ORDER BY c.id FOR NO KEY UPDATE OF c`;
  await tx.chatTag.deleteMany({ where: { tagId, chat: { clientId: { in: ids } } } });
  await tx.$executeRaw`UPDATE "Client" SET version = version + 1 WHERE id = ANY(${ids}::int[])`;
  return false;
}
