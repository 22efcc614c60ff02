import { Prisma, type Transaction } from '@switchboard/database';

import { groupBy } from '../../group-by.ts';
import { insertOfMessages } from './message-columns.ts';
import { identityOf, type MessageIdentity } from './message-identity.ts';
import type { KnownClient, PlannedMessage } from './plan-group.ts';
import { clientColumns, waitingChange, type WaitingChange } from './waiting-change.ts';

const insertPlanned = insertOfMessages();

/** A session's last sign of life is kept to this precision: one write in ten seconds, not one per message. */
export const SEEN_EVERY_MS = 10_000;

/**
 * Writes planned messages and the counters of their clients in one statement, commits, and answers the ids by `identityOf`. A message that another
 * transaction saved in between fails it as a unique violation.
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
  const rows = await tx.commit<MessageIdentity & { id: number }>(Prisma.sql`
    WITH inserted AS (
      ${insertPlanned(
        messages.map((message) => ({ message, clientId: message.clientId, seq: message.seq })),
        at,
      )}
      RETURNING id, "messageKey", "clientId", "senderType"
    ), counted AS (
      UPDATE "Client" c SET ${clientColumns(Prisma.sql`n."lastSeq"`, at)},
        status = CASE WHEN n.reopen THEN 'ACTIVE' ELSE c.status END, "endedAt" = CASE WHEN n.reopen THEN NULL ELSE c."endedAt" END
      FROM unnest(
        ${change((c) => c.clientId)}::int[], ${change((c) => c.lastSeq)}::int[], ${change((c) => c.waiting.unread)}::int[],
        ${change((c) => c.waiting.answered)}::boolean[], ${change((c) => c.waiting.since?.toISOString() ?? null)}::timestamptz[], ${change((c) => c.reopen)}::boolean[]
      ) AS n(id, "lastSeq", unread, answered, since, reopen)
      WHERE c.id = n.id
    ), seen AS (
      UPDATE "ChatSession" s SET "lastSeenAt" = ${at}::timestamptz WHERE s.id = ANY(${changes.flatMap((c) => c.visits)}::uuid[])
    )
    SELECT id, "messageKey", "clientId", "senderType" FROM inserted`);
  return new Map(rows.map((row) => [identityOf(row), row.id]));
}

interface ClientChange {
  readonly clientId: number;
  readonly lastSeq: number;
  /**
   * The conversation was ended by an operator, so it goes on. One that the visitor has ended stays so: they can't come back to it, and what their last moments
   * brought may still be on its way.
   */
  readonly reopen: boolean;
  readonly waiting: WaitingChange;
  /** Sessions in which the visitor itself wrote, and that were last seen a while ago. */
  readonly visits: readonly string[];
}

function clientChanges(messages: readonly PlannedMessage[], clients: ReadonlyMap<number, KnownClient>, now: Date): ClientChange[] {
  const seenBefore = new Date(now.getTime() - SEEN_EVERY_MS);
  return [...groupBy(messages, ({ clientId }) => clientId)].map(([clientId, own]) => {
    const client = clients.get(clientId);
    const reopen = client?.endedAt != null && client.sessions[0]?.endedAt == null;
    const visited = new Set(own.map(({ target }) => (target.kind === 'client' ? target.sessionId?.toLowerCase() : undefined)));
    const visits = client?.sessions.filter(({ id, lastSeenAt }) => visited.has(id) && lastSeenAt < seenBefore) ?? [];
    return {
      clientId,
      lastSeq: Math.max(...own.map(({ seq }) => seq)),
      waiting: waitingChange(own),
      reopen,
      visits: visits.map(({ id }) => id),
    };
  });
}
