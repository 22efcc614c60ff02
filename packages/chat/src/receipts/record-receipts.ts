import type { Receipts } from '@switchboard/protocol';

import { lockClient, readClient, type ClientState } from '../access.ts';
import type { Actor } from '../actor.ts';
import { advanceReceipts, bringsNews, flagRead, type Marks } from './advance-receipts.ts';
import type { Context } from '../context.ts';
import { receiptsOf } from './receipts.ts';
import { withDatabase } from '../with-database.ts';

export interface ReceiptsInput extends Marks {
  readonly clientId?: number | undefined;
  /** Which history of the data the numbers are of, where that is known. */
  readonly epoch?: string | undefined;
}

/** `changed` is false when the marks brought no news (nobody needs to be told then). */
export interface RecordedReceipts {
  receipts: Receipts;
  address: string | null;
  changed: boolean;
}

/**
 * Records how far the actor's side has received and seen the other side's messages. The marks only grow and are capped at the newest message;
 * messages up to the read mark become read. Numbers from before a restore of the database change nothing: they are of other messages.
 *
 * @throws ChatError as `clientMeant`, and `not_found`
 */
export async function recordReceipts(ctx: Context, actor: Actor, input: ReceiptsInput): Promise<RecordedReceipts> {
  const side = actor.kind === 'operator' ? 'operator' : 'client';
  return await withDatabase(ctx, async () => {
    const before = await readClient(ctx.db.prisma, actor, input.clientId);
    if (isOutdated(input, before) || !bringsNews(side, before, input))
      return { receipts: receiptsOf(before), address: before.address, changed: false };
    const { moreToFlag, ...recorded } = await ctx.db.prisma.$transaction(async (tx) => {
      const client = await lockClient(tx, actor, input.clientId);
      if (isOutdated(input, client)) return { receipts: receiptsOf(client), address: client.address, changed: false, moreToFlag: false };
      const changed = bringsNews(side, client, input);
      const { receipts, moreToFlag } = await advanceReceipts(tx, side, client, input, ctx.clock());
      return { receipts, address: client.address, changed, moreToFlag };
    });
    if (moreToFlag) await flagRead(ctx, side, before.id, recorded.receipts);
    return recorded;
  });
}

function isOutdated({ epoch }: ReceiptsInput, client: Pick<ClientState, 'epoch'>): boolean {
  return epoch !== undefined && epoch.toLowerCase() !== client.epoch;
}
