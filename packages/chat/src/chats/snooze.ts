import { errorFor, invalidField } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { conversationChanged, type WithEffects } from '../effects.ts';
import { writeEvent } from '../events/write-event.ts';
import { isoTime } from '../iso-time.ts';
import { requirePermission } from '../permissions.ts';
import { lockClient } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { readOpenChat } from './open-chat.ts';

/** The longest snooze. */
const MAX_SNOOZE_MS = 366 * 24 * 60 * 60 * 1_000;

export interface SnoozeInput {
  readonly clientId: number;
  readonly snoozed: boolean;
  /** ISO-8601: when the chat comes back. Without it, the visitor's next message brings it back; that ends any snooze. */
  readonly until?: string | null | undefined;
  /** The newest message that the operator had seen when they snoozed it. */
  readonly lastSeq?: number | undefined;
}

/** Times are ISO-8601; both are null when the chat is not snoozed. */
export interface Snoozed {
  snoozedAt: string | null;
  snoozedUntil: string | null;
}

/**
 * Takes the open chat of a conversation out of the views of open ones until a time or the visitor's next message, or brings it back. Repeating it changes
 * nothing; another time replaces the first one.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`, `conflict` when no chat is open or there are other messages than
 * `lastSeq` says, `invalid_request` for a time that is past or more than a year away
 */
export async function snooze(ctx: Context, actor: Actor, input: SnoozeInput): Promise<WithEffects<Snoozed>> {
  requirePermission(actor, 'chat.snooze');
  const until = input.snoozed ? dueTime(input.until, ctx.clock()) : null;
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const client = await lockClient(tx, actor, input.clientId);
        const before = await readOpenChat(tx, client.id);
        const effects = [conversationChanged(client, 'state', 'activity')];
        if (input.snoozed && input.lastSeq !== undefined && input.lastSeq !== client.lastSeq) throw errorFor('new_message');
        if (input.snoozed === (before.snoozedAt !== null) && isoTime(until) === isoTime(before.snoozedUntil))
          return { snoozedAt: isoTime(before.snoozedAt), snoozedUntil: isoTime(before.snoozedUntil), effects };
        const now = ctx.clock();
        const after = { snoozedAt: input.snoozed ? now : null, snoozedUntil: until };
        await tx.client.update({
          where: { id: client.id },
          data: { ...after, updatedAt: now, version: { increment: 1 } },
          select: { id: true },
        });
        await writeEvent(tx, actor, {
          clientId: client.id,
          kind: input.snoozed ? 'snoozed' : 'unsnoozed',
          at: now,
          from: { snoozedUntil: isoTime(before.snoozedUntil) },
          to: { snoozedUntil: isoTime(until) },
        });
        return { snoozedAt: isoTime(after.snoozedAt), snoozedUntil: isoTime(until), effects };
      }),
  );
}

function dueTime(until: string | null | undefined, now: Date): Date | null {
  if (until == null) return null;
  const time = new Date(until);
  if (time <= now) throw invalidField('until', 'must be in the future');
  if (time.getTime() > now.getTime() + MAX_SNOOZE_MS) throw invalidField('until', 'must be within a year');
  return time;
}
