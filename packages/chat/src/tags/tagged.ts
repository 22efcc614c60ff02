import type { Prisma } from '@switchboard/database';

import { SYSTEM } from '../actor.ts';
import type { Context } from '../context.ts';
import { clientsSeenBy } from '../visible.ts';
import { withDatabase } from '../with-database.ts';

/** Conversations whose rows are locked at once, so that saving never waits for all that have a tag. */
const BATCH = 200;

/**
 * Locks the next conversations that have a chat with this tag and raises their versions.
 *
 * @param after an id of a client: the batch begins with the next one
 * @returns their ids in order; none when there are no more
 */
export async function raiseBatch(tx: Prisma.TransactionClient, tagId: number, after: number): Promise<number[]> {
  const chats = await tx.chat.findMany({
    where: { clientId: { gt: after }, tags: { some: { tagId } } },
    distinct: ['clientId'],
    orderBy: { clientId: 'asc' },
    take: BATCH,
    select: { clientId: true },
  });
  const ids = chats.map(({ clientId }) => clientId);
  if (ids.length === 0) return ids;
  await tx.$queryRaw`SELECT c.id FROM ${clientsSeenBy(SYSTEM)} WHERE c.id = ANY(${ids}::int[]) ORDER BY c.id FOR NO KEY UPDATE OF c`;
  await tx.$executeRaw`UPDATE "Client" SET version = version + 1 WHERE id = ANY(${ids}::int[])`;
  return ids;
}

/** Raises the versions of all conversations that have a chat with this tag, batch by batch. */
export async function raiseTagged(ctx: Context, tagId: number): Promise<void> {
  for (let last: number | undefined = 0; last !== undefined;) {
    const after: number = last;
    const ids = await withDatabase(ctx, async () => await ctx.db.prisma.$transaction(async (tx) => await raiseBatch(tx, tagId, after)));
    last = ids.at(-1);
  }
}
