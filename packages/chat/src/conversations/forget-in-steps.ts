import { Prisma } from '@switchboard/database';

import type { Context } from '../context.ts';
import { withDatabase } from '../with-database.ts';

/** Ids that one statement covers. */
const PER_STEP = 5_000;

/**
 * Sets a column of conversations and chats that have this value to null, some in each statement, so that removing the row they refer to locks only a few.
 * Raises the versions of the conversations. The team of an open conversation stays: `releaseChats` changes it, with an event.
 */
export async function forgetInSteps(ctx: Pick<Context, 'db' | 'log'>, column: 'teamId' | 'inboxId', value: number): Promise<void> {
  const name = Prisma.raw(`"${column}"`);
  const isMeant = Prisma.sql`${name} = ${value}::int`;
  const isClosed = column === 'teamId' ? Prisma.sql`AND "chatOpenedAt" IS NULL` : Prisma.empty;
  await inSteps(ctx, Prisma.sql`"Client"`, Prisma.sql`${name} = NULL, version = version + 1`, Prisma.sql`${isMeant} ${isClosed}`);
  await inSteps(ctx, Prisma.sql`"Chat"`, Prisma.sql`${name} = NULL`, isMeant);
}

/** Rows that are inserted meanwhile are left to the caller. */
async function inSteps(ctx: Pick<Context, 'db' | 'log'>, table: Prisma.Sql, change: Prisma.Sql, condition: Prisma.Sql): Promise<void> {
  const { prisma } = ctx.db;
  const [last] = await withDatabase(ctx, async () => await prisma.$queryRaw<{ id: number | null }[]>`SELECT max(id) AS id FROM ${table}`);
  for (let after = 0; after < (last?.id ?? 0); after += PER_STEP)
    await withDatabase(
      ctx,
      async () =>
        await prisma.$executeRaw`UPDATE ${table} SET ${change} WHERE id > ${after}::int AND id <= ${after + PER_STEP}::int AND ${condition}`,
    );
}
