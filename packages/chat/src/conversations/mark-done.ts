import { Prisma } from '@switchboard/database';
import { errorFor } from '@switchboard/protocol';

import { closeChats, reopenChats } from '../chats/closing.ts';
import { writeEvent } from '../events/write-event.ts';
import { isoTime } from '../iso-time.ts';
import { requirePermission } from '../permissions.ts';
import { clientsSeenBy, lockClient } from '../visible.ts';
import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { conversationChanged, type WithEffects } from '../effects.ts';
import { unansweredJoins } from './who-waits.ts';
import { withDatabase } from '../with-database.ts';

/** `lastSeq`: the newest message that the operator had seen when they marked it as done. */
export interface MarkDoneInput {
  readonly clientId: number;
  readonly done: boolean;
  readonly lastSeq?: number | undefined;
}

/** The conversation's new state; times are ISO-8601. */
export interface MarkedDone {
  doneAt: string | null;
  waitingSince: string | null;
}

/**
 * Marks a conversation as done, so that its visitor no longer waits, or undoes that, so that its messages decide again whether they wait. The visitor's next
 * message undoes it, too. Repeating it changes nothing.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`, `conflict` when there are other messages than `lastSeq` says
 */
export async function markDone(ctx: Context, actor: Actor, { clientId, done, lastSeq }: MarkDoneInput): Promise<WithEffects<MarkedDone>> {
  const operator = requirePermission(actor, 'conversation.mark-done');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const client = await lockClient(tx, actor, clientId);
        if (done && lastSeq !== undefined && lastSeq !== client.lastSeq) throw errorFor('new_message');
        const now = ctx.clock();
        const at = now.toISOString();
        const [row] = await tx.$queryRaw<{ doneBefore: Date | null; doneAt: Date | null; waitingSince: Date | null }[]>`
          UPDATE "Client" SET ${done ? asDone(at) : AS_ITS_MESSAGES_SAY}, "waitingSeq" = "lastSeq", "updatedAt" = ${at}::timestamptz, version = version + 1
          FROM (SELECT c.id, c."doneAt" AS "doneBefore", first."createdAt" AS since FROM ${clientsSeenBy(actor)} ${unansweredJoins(Prisma.sql`0`)} WHERE c.id = ${client.id}::int) n
          WHERE "Client".id = n.id
          RETURNING n."doneBefore", "doneAt", "waitingSince"`;
        const [before, after] = [isoTime(row?.doneBefore), isoTime(row?.doneAt)];
        if (done) await closeChats(tx, [client.id], operator.userId);
        else await reopenChats(tx, [client.id]);
        if (before !== after)
          await writeEvent(tx, actor, {
            clientId,
            kind: done ? 'done' : 'undone',
            at: now,
            from: { doneAt: before },
            to: { doneAt: after },
          });
        return {
          doneAt: after,
          waitingSince: isoTime(row?.waitingSince),
          effects: [conversationChanged(client, 'state', 'activity')],
        };
      }),
  );
}

function asDone(at: string): Prisma.Sql {
  return Prisma.sql`"doneAt" = COALESCE("doneAt", ${at}::timestamptz), "waitingSince" = NULL`;
}

const AS_ITS_MESSAGES_SAY = Prisma.sql`"doneAt" = NULL,
  "waitingSince" = CASE WHEN "doneAt" IS NULL AND "waitingSeq" = "lastSeq" THEN "waitingSince" ELSE n.since END`;
