import { Prisma, type Transaction } from '@switchboard/database';

import { reopeningSql, type Reopening } from '../../events/reopened-by-message.ts';
import { groupBy } from '../../group-by.ts';
import { insertOfMessages } from './message-columns.ts';
import { identityOf, type MessageIdentity } from './message-identity.ts';
import type { KnownClient, PlannedMessage } from './plan-group.ts';
import { clientColumns, waitingChange, type WaitingChange } from './waiting-change.ts';

const insertPlanned = insertOfMessages();

/** Precision of `lastSeenAt` of a session: one write in ten seconds, not one per message. */
export const SEEN_EVERY_MS = 10_000;

/**
 * Writes planned messages and the counters of their clients in one statement, commits, and answers the ids by `identityOf`. A message that another
 * transaction saved meanwhile makes it fail as a unique violation.
 */
export async function commitPlanned(
  tx: Transaction,
  messages: readonly PlannedMessage[],
  clients: ReadonlyMap<number, KnownClient>,
  now: Date,
): Promise<Map<string, number>> {
  const at = now.toISOString();
  const changes = clientChanges(messages, clients, now);
  const change = <T>(read: (change: ClientChange) => T): T[] => changes.map(read);
  const reopening = reopeningSql(
    changes.flatMap(({ reopening }) => reopening ?? []),
    at,
  );
  const rows = await tx.commit<MessageIdentity & { id: number }>(Prisma.sql`
    WITH inserted AS (
      ${insertPlanned(
        messages.map((message) => ({ message, clientId: message.clientId, seq: message.seq })),
        at,
      )}
      RETURNING id, "messageKey", "clientId", "senderType"
    ), counted AS (
      UPDATE "Client" c SET ${clientColumns(Prisma.sql`n."lastSeq"`, at)},
        status = CASE WHEN n.reopen THEN 'ACTIVE' ELSE c.status END, "endedAt" = CASE WHEN n.reopen THEN NULL ELSE c."endedAt" END${reopening.columns}
      FROM unnest(
        ${change((c) => c.clientId)}::int[], ${change((c) => c.lastSeq)}::int[], ${change((c) => c.waiting.unread)}::int[],
        ${change((c) => c.waiting.answered)}::boolean[], ${change((c) => c.waiting.since?.toISOString() ?? null)}::timestamptz[], ${change((c) => c.reopening !== undefined)}::boolean[]
      ) AS n(id, "lastSeq", unread, answered, since, reopen)
      WHERE c.id = n.id ${reopening.returning}
    ), seen AS (
      UPDATE "ChatSession" s SET "lastSeenAt" = ${at}::timestamptz WHERE s.id = ANY(${changes.flatMap((c) => c.visits)}::uuid[])
    )${reopening.insert}
    SELECT id, "messageKey", "clientId", "senderType" FROM inserted`);
  return new Map(rows.map((row) => [identityOf(row), row.id]));
}

interface ClientChange {
  readonly clientId: number;
  readonly lastSeq: number;
  /**
   * Set for a conversation that an operator has ended: a message reopens it. One that the visitor has ended stays ended: they cannot return to it, and messages
   * that they wrote just before may still arrive.
   */
  readonly reopening: Reopening | undefined;
  readonly waiting: WaitingChange;
  /** Sessions in which the visitor wrote, and whose `lastSeenAt` is more than `SEEN_EVERY_MS` old. */
  readonly visits: readonly string[];
}

function clientChanges(messages: readonly PlannedMessage[], clients: ReadonlyMap<number, KnownClient>, now: Date): ClientChange[] {
  const seenBefore = new Date(now.getTime() - SEEN_EVERY_MS);
  return [...groupBy(messages, ({ clientId }) => clientId)].map(([clientId, own]) => {
    const client = clients.get(clientId);
    const endedAt = client?.sessions[0]?.endedAt == null ? client?.endedAt : undefined;
    const reopening = endedAt == null ? undefined : { clientId, endedAt, operatorId: own[0]?.operatorId ?? null };
    const visited = new Set(own.map(({ target }) => (target.kind === 'client' ? target.sessionId?.toLowerCase() : undefined)));
    const visits = client?.sessions.filter(({ id, lastSeenAt }) => visited.has(id) && lastSeenAt < seenBefore) ?? [];
    return {
      clientId,
      lastSeq: Math.max(...own.map(({ seq }) => seq)),
      waiting: waitingChange(own),
      reopening,
      visits: visits.map(({ id }) => id),
    };
  });
}
