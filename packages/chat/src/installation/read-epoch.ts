import type { Context } from '../context.ts';
import { withDatabase } from '../with-database.ts';

/**
 * Which history of the data this is: a UUID that changes when a backup is restored.
 *
 * @throws ChatError `unavailable`
 */
export async function readEpoch(ctx: Pick<Context, 'db' | 'log'>): Promise<string> {
  const { epoch } = await withDatabase(ctx, async () => await ctx.db.prisma.installation.findFirstOrThrow({ select: { epoch: true } }));
  return epoch;
}
