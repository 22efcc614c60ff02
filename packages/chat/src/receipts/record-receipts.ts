import type { Receipts } from '@switchboard/protocol';

import { requirePermission } from '../permissions.ts';
import { lockClient, readClient, type ClientState } from '../visible.ts';
import type { Actor } from '../actor.ts';
import { advanceReceipts, changesMarks, flagRead, messagesSeen, sideOf, type Marks } from './advance-receipts.ts';
import type { Context } from '../context.ts';
import type { WithEffects } from '../effects.ts';
import { changesOwnRead } from './own-read.ts';
import { receiptsOf } from './receipts.ts';
import { withDatabase } from '../with-database.ts';

export interface ReceiptsInput extends Marks {
  readonly clientId?: number | undefined;
  /** The epoch that the marks belong to, if the client knows it. */
  readonly epoch?: string | undefined;
}

/** The marks of both sides after the report. */
export interface RecordedReceipts {
  receipts: Receipts;
}

/**
 * Records how far the actor's side has received and read the other side's messages. The marks only grow and are capped at the newest message; messages up to
 * the read mark become read. An operator's own read mark grows with it. Marks that change nothing for the other side have no effects. Marks of another epoch, from before a restored backup, are about other messages and
 * change nothing.
 *
 * @throws ChatError as `clientMeant`, and `not_found`
 */
export async function recordReceipts(ctx: Context, actor: Actor, input: ReceiptsInput): Promise<WithEffects<RecordedReceipts>> {
  const reader = requirePermission(actor, 'receipts.record');
  const side = sideOf(reader);
  return await withDatabase(ctx, async () => {
    const before = await readClient(ctx.db.prisma, actor, input.clientId);
    const unchanged = { receipts: receiptsOf(before), effects: [] };
    if (isOutdated(input, before)) return unchanged;
    if (!changesMarks(side, before, input) && !(await changesOwnRead(ctx.db.prisma, reader, before, input))) return unchanged;
    const { moreToFlag, ...recorded } = await ctx.db.prisma.$transaction(async (tx) => {
      const client = await lockClient(tx, actor, input.clientId);
      if (isOutdated(input, client)) return { receipts: receiptsOf(client), effects: [], moreToFlag: false };
      const changed = changesMarks(side, client, input);
      const { receipts, moreToFlag } = await advanceReceipts(tx, reader, client, input, ctx.clock());
      return { receipts, effects: changed ? [messagesSeen(client, side, receipts)] : [], moreToFlag };
    });
    if (moreToFlag) await flagRead(ctx, side, before.id, recorded.receipts);
    return recorded;
  });
}

function isOutdated({ epoch }: ReceiptsInput, client: Pick<ClientState, 'epoch'>): boolean {
  return epoch !== undefined && epoch.toLowerCase() !== client.epoch;
}
