import { Prisma, type Transaction } from '@switchboard/database';
import type { Audience } from '@switchboard/protocol';

import { openingOf, openingSql, type Opening } from '../../chats/opening.ts';
import { causedEventsSql, type CausedByMessage } from '../../events/caused-by-message.ts';
import { groupBy } from '../../group-by.ts';
import { isoTime } from '../../iso-time.ts';
import { insertOfMessages } from './message-columns.ts';
import { identityOf, type MessageIdentity } from './message-identity.ts';
import type { KnownClient, PlannedMessage } from './plan-group.ts';
import { clientColumns, waitingChange, type WaitingChange } from './waiting-change.ts';

const insertPlanned = insertOfMessages();

/** What was written. */
interface Committed {
  /** Of the messages, by `identityOf`. */
  readonly ids: ReadonlyMap<string, number>;
  /** By client. */
  readonly audiences: ReadonlyMap<number, Audience>;
}

/** Precision of `lastSeenAt` of a session: one write in ten seconds, not one per message. */
export const SEEN_EVERY_MS = 10_000;

/**
 * Writes planned messages and the counters of their clients in one statement, and commits. A message that another
 * transaction saved meanwhile makes it fail as a unique violation.
 */
export async function commitPlanned(
  tx: Transaction,
  messages: readonly PlannedMessage[],
  clients: ReadonlyMap<number, KnownClient>,
  now: Date,
): Promise<Committed> {
  const at = now.toISOString();
  const changes = clientChanges(messages, clients, now);
  const change = <T>(read: (change: ClientChange) => T): T[] => changes.map(read);
  const caused = causedEventsSql(
    changes.flatMap(({ events }) => events),
    at,
  );
  const opening = openingSql(
    changes.flatMap(({ opening: one }) => one ?? []),
    at,
  );
  const rows = await tx.commit<MessageIdentity & Audience & { id: number }>(Prisma.sql`
    WITH inserted AS (
      ${insertPlanned(
        messages.map((message) => ({ message, clientId: message.clientId, seq: message.seq })),
        at,
      )}
      RETURNING id, "messageKey", "clientId", "senderType"
    ), counted AS (
      UPDATE "Client" c SET ${clientColumns(Prisma.sql`n."lastSeq"`, at)},
        status = CASE WHEN n.reopen THEN 'ACTIVE' ELSE c.status END, "endedAt" = CASE WHEN n.reopen THEN NULL ELSE c."endedAt" END,
        "snoozedAt" = CASE WHEN n.unread > 0 THEN NULL ELSE c."snoozedAt" END,
        "snoozedUntil" = CASE WHEN n.unread > 0 THEN NULL ELSE c."snoozedUntil" END${caused.columns}${opening.columns}
      FROM unnest(
        ${change((c) => c.clientId)}::int[], ${change((c) => c.lastSeq)}::int[], ${change((c) => c.waiting.unread)}::int[],
        ${change((c) => c.waiting.answered)}::boolean[], ${change((c) => c.waiting.since?.toISOString() ?? null)}::timestamptz[], ${change((c) => c.reopens)}::boolean[],
        ${change((c) => c.events.length)}::int[], ${change((c) => c.opening !== undefined)}::boolean[]
      ) AS n(id, "lastSeq", unread, answered, since, reopen, events, opens)
      WHERE c.id = n.id
      RETURNING c.id, c."activitySeq", c."chatNumber", c."chatOpenedAt", c."inboxId", c."teamId", c."assigneeId"
    ), seen AS (
      UPDATE "ChatSession" s SET "lastSeenAt" = ${at}::timestamptz WHERE s.id = ANY(${changes.flatMap((c) => c.visits)}::uuid[])
    )${caused.insert}${opening.insert}
    SELECT i.id, i."messageKey", i."clientId", i."senderType", c."teamId", c."assigneeId" FROM inserted i JOIN counted c ON c.id = i."clientId"`);
  return {
    ids: new Map(rows.map((row) => [identityOf(row), row.id])),
    audiences: new Map(rows.map(({ clientId, teamId, assigneeId }) => [clientId, { teamId, assigneeId }])),
  };
}

interface ClientChange {
  readonly clientId: number;
  readonly lastSeq: number;
  /**
   * Set for a conversation that an operator has ended: a message reopens it. One that the visitor has ended stays ended: they cannot return to it, and messages
   * that they wrote just before may still arrive.
   */
  readonly reopens: boolean;
  readonly events: readonly CausedByMessage[];
  readonly opening: Opening | undefined;
  readonly waiting: WaitingChange;
  /** Sessions in which the visitor wrote, and whose `lastSeenAt` is more than `SEEN_EVERY_MS` old. */
  readonly visits: readonly string[];
}

function clientChanges(messages: readonly PlannedMessage[], clients: ReadonlyMap<number, KnownClient>, now: Date): ClientChange[] {
  const seenBefore = new Date(now.getTime() - SEEN_EVERY_MS);
  return [...groupBy(messages, ({ clientId }) => clientId)].flatMap(([clientId, own]) => {
    const client = clients.get(clientId);
    if (client === undefined) return [];
    const visited = new Set(own.map(({ target }) => (target.kind === 'client' ? target.sessionId?.toLowerCase() : undefined)));
    const visits = client.sessions.filter(({ id, lastSeenAt }) => visited.has(id) && lastSeenAt < seenBefore);
    const events = eventsOf(client, own);
    return {
      clientId,
      lastSeq: Math.max(...own.map(({ seq }) => seq)),
      waiting: waitingChange(own),
      reopens: events.some(({ kind }) => kind === 'reopened'),
      events,
      opening: openingOf(client, own),
      visits: visits.map(({ id }) => id),
    };
  });
}

/** The visitor's message ends a snooze; any message reopens a conversation that an operator has ended. */
function eventsOf(client: KnownClient, own: readonly PlannedMessage[]): CausedByMessage[] {
  const clientId = client.id;
  const [endedAt, snoozedUntil] = [isoTime(client.endedAt), isoTime(client.snoozedUntil)];
  const isEndedByOperator = client.sessions[0]?.endedAt == null && endedAt !== null;
  const isWoken = client.snoozedAt !== null && own.some(({ senderType }) => senderType === 'CLIENT');
  return [
    ...(isEndedByOperator
      ? [{ clientId, kind: 'reopened' as const, from: { endedAt }, to: { endedAt: null }, operatorId: own[0]?.operatorId ?? null }]
      : []),
    ...(isWoken ? [{ clientId, kind: 'unsnoozed' as const, from: { snoozedUntil }, to: { snoozedUntil: null }, operatorId: null }] : []),
  ];
}
