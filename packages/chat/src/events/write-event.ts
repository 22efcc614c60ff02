import { Prisma } from '@switchboard/database';

import type { Actor } from '../actor.ts';
import { conversationNotFound } from '../refusals.ts';
import type { Queryable } from '../visible.ts';
import type { EventKind, EventValues } from './event.ts';

/** What a verb did to a conversation. `from` and `to` are the values that changed, by their columns. */
export interface NewEvent {
  readonly clientId: number;
  readonly kind: EventKind;
  readonly at: Date;
  readonly from?: EventValues;
  readonly to?: EventValues;
}

/**
 * Records that `actor` did this, in the transaction that does it, and raises the conversation's version. Takes the client's row lock, which the transaction
 * may hold already.
 *
 * @returns the event's `activitySeq`
 */
export async function writeEvent(tx: Queryable, actor: Actor, { clientId, kind, at, from, to }: NewEvent): Promise<number> {
  const { actorKind, actorId, actorName } = actorColumns(actor);
  const [event] = await tx.$queryRaw<{ activitySeq: number }[]>`
    WITH counted AS (${COUNTED} WHERE id = ${clientId}::int RETURNING id, "activitySeq")
    INSERT INTO "ConversationEvent" ("clientId", "activitySeq", at, kind, "actorKind", "actorId", "actorName", "from", "to")
    SELECT id, "activitySeq", ${at.toISOString()}::timestamptz, ${kind}, ${actorKind}, ${actorId}::int, ${actorName}, ${json(from)}::jsonb, ${json(to)}::jsonb
    FROM counted RETURNING "activitySeq"`;
  if (event === undefined) throw conversationNotFound();
  return event.activitySeq;
}

/**
 * Takes the next number for a note or an event, and raises the conversation's version, because its row shows the newest number. Takes the client's row lock,
 * which the transaction may hold already.
 *
 * @returns the number, and that of the conversation's newest chat
 */
export async function nextActivity(
  tx: Queryable,
  clientId: number,
): Promise<{ readonly activitySeq: number; readonly chatNumber: number }> {
  const [client] = await tx.$queryRaw<{ activitySeq: number; chatNumber: number }[]>`
    ${COUNTED} WHERE id = ${clientId}::int RETURNING "activitySeq", "chatNumber"`;
  if (client === undefined) throw conversationNotFound();
  return client;
}

const COUNTED = Prisma.sql`UPDATE "Client" SET "activitySeq" = "activitySeq" + 1, version = version + 1`;

/** The first event of a client that is created in the same statement with `activitySeq: 1`. */
export function startedEvent(actor: Actor, at: Date): Prisma.ConversationEventCreateWithoutClientInput {
  return { activitySeq: 1, at, kind: 'started' satisfies EventKind, ...actorColumns(actor) };
}

/** Who acted. A visitor is recorded without a name, because an event holds no personal data. A person who starts a chat without a token is a visitor. */
function actorColumns(actor: Actor): { actorKind: 'visitor' | 'operator' | 'system'; actorId: number | null; actorName: string | null } {
  if (actor.kind === 'operator') return { actorKind: 'operator', actorId: actor.userId, actorName: actor.name };
  return { actorKind: actor.kind === 'system' ? 'system' : 'visitor', actorId: null, actorName: null };
}

function json(values: EventValues | undefined): string | null {
  return values === undefined ? null : JSON.stringify(values);
}
