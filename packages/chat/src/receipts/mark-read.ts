import type { Receipts } from '@switchboard/protocol';

import { requirePermission } from '../permissions.ts';
import { lockClient, readClient } from '../visible.ts';
import type { Actor } from '../actor.ts';
import { advanceReceipts, changesMarks, flagRead, messagesSeen } from './advance-receipts.ts';
import type { Context } from '../context.ts';
import type { WithEffects } from '../effects.ts';
import { changesOwnRead } from './own-read.ts';
import { receiptsOf } from './receipts.ts';
import { withDatabase } from '../with-database.ts';

/** Without `upToSeq`: all messages. */
export interface MarkReadInput {
  readonly clientId: number;
  readonly upToSeq?: number | undefined;
}

/** `count`: messages that no operator had read before. */
export interface MarkedRead {
  count: number;
  receipts: Receipts;
}

/**
 * Marks the client's messages as read by this operator, and so by the operators.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`
 */
export async function markRead(ctx: Context, actor: Actor, { clientId, upToSeq }: MarkReadInput): Promise<WithEffects<MarkedRead>> {
  const operator = requirePermission(actor, 'message.mark-read');
  return await withDatabase(ctx, async () => {
    const before = await readClient(ctx.db.prisma, actor, clientId);
    const wanted = { readSeq: upToSeq ?? before.lastSeq };
    if (!changesMarks('operator', before, wanted) && !(await changesOwnRead(ctx.db.prisma, operator, before, wanted)))
      return { count: 0, receipts: receiptsOf(before), effects: [] };
    const { moreToFlag, ...marked } = await ctx.db.prisma.$transaction(async (tx) => {
      const client = await lockClient(tx, actor, clientId);
      const done = await advanceReceipts(tx, operator, client, { readSeq: upToSeq ?? client.lastSeq }, ctx.clock());
      return { ...done, effects: done.count > 0 ? [messagesSeen(client, 'operator', done.receipts)] : [] };
    });
    if (moreToFlag) await flagRead(ctx, 'operator', clientId, marked.receipts);
    return marked;
  });
}
