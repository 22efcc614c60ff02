import type { Receipts } from '@switchboard/protocol';

import { requirePermission } from '../permissions.ts';
import { lockClient, readClient, type ClientState } from '../visible.ts';
import type { Actor } from '../actor.ts';
import { advanceReceipts, bringsNews, flagRead, messagesSeen, type Marks } from './advance-receipts.ts';
import type { Context } from '../context.ts';
import type { WithEffects } from '../effects.ts';
import { receiptsOf } from './receipts.ts';
import { withDatabase } from '../with-database.ts';

export interface ReceiptsInput extends Marks {
  readonly clientId?: number | undefined;
  /** Which history of the data the numbers are of, where that is known. */
  readonly epoch?: string | undefined;
}

/** How far both sides are now. */
export interface RecordedReceipts {
  receipts: Receipts;
}

/**
 * Records how far the actor's side has received and seen the other side's messages. The marks only grow and are capped at the newest message;
 * messages up to the read mark become read. Marks that bring no news have no effects. Numbers from before a restore of the database change nothing: they are of other messages.
 *
 * @throws ChatError as `clientMeant`, and `not_found`
 */
export async function recordReceipts(ctx: Context, actor: Actor, input: ReceiptsInput): Promise<WithEffects<RecordedReceipts>> {
  requirePermission(actor, 'receipts.record');
  const side = actor.kind === 'operator' ? 'operator' : 'client';
  return await withDatabase(ctx, async () => {
    const before = await readClient(ctx.db.prisma, actor, input.clientId);
    if (isOutdated(input, before) || !bringsNews(side, before, input)) return { receipts: receiptsOf(before), effects: [] };
    const { moreToFlag, ...recorded } = await ctx.db.prisma.$transaction(async (tx) => {
      const client = await lockClient(tx, actor, input.clientId);
      if (isOutdated(input, client)) return { receipts: receiptsOf(client), effects: [], moreToFlag: false };
      const changed = bringsNews(side, client, input);
      const { receipts, moreToFlag } = await advanceReceipts(tx, side, client, input, ctx.clock());
      return { receipts, effects: changed ? [messagesSeen(client, side, receipts)] : [], moreToFlag };
    });
    if (moreToFlag) await flagRead(ctx, side, before.id, recorded.receipts);
    return recorded;
  });
}

function isOutdated({ epoch }: ReceiptsInput, client: Pick<ClientState, 'epoch'>): boolean {
  return epoch !== undefined && epoch.toLowerCase() !== client.epoch;
}
