import { Prisma } from '@switchboard/database';

import type { EventKind, EventValues } from './event.ts';

/** A change of a conversation that a message causes. */
export interface CausedByMessage {
  readonly clientId: number;
  readonly kind: Extract<EventKind, 'reopened' | 'unsnoozed'>;
  readonly from: EventValues;
  readonly to: EventValues;
  /** The operator who wrote the message; null for the visitor. */
  readonly operatorId: number | null;
}

/** What these events add to the statement that saves messages; empty when there are none. */
interface EventsSql {
  /** Sets columns of the client `c` from its change `n`, whose `events` is the number of its events. */
  readonly columns: Prisma.Sql;
  /** Inserts the events, from the rows that `counted` returns. */
  readonly insert: Prisma.Sql;
}

/** @param at of the save, ISO-8601 */
export function causedEventsSql(events: readonly CausedByMessage[], at: string): EventsSql {
  if (events.length === 0) return { columns: Prisma.empty, insert: Prisma.empty };
  const column = <T>(read: (event: CausedByMessage, index: number) => T): T[] => events.map(read);
  /** The last event of a client gets the number that its row has now, the one before it the number before. */
  const before = (event: CausedByMessage, index: number) =>
    events.slice(index + 1).filter(({ clientId }) => clientId === event.clientId).length;
  return {
    columns: Prisma.sql`, "activitySeq" = c."activitySeq" + n.events::int`,
    insert: Prisma.sql`, caused AS (
      INSERT INTO "ConversationEvent" ("clientId", "activitySeq", at, kind, "actorKind", "actorId", "actorName", "from", "to", reason)
      SELECT c.id, c."activitySeq" - r.before, ${at}::timestamptz, r.kind, CASE WHEN o.id IS NULL THEN 'visitor' ELSE 'operator' END, o.id, o.name,
        r."from"::jsonb, r."to"::jsonb, 'message'
      FROM unnest(
        ${column(({ clientId }) => clientId)}::int[], ${column(({ kind }) => kind)}::text[], ${column(before)}::int[],
        ${column(({ from }) => JSON.stringify(from))}::text[], ${column(({ to }) => JSON.stringify(to))}::text[],
        ${column(({ operatorId }) => operatorId)}::int[]
      ) AS r(id, kind, before, "from", "to", "operatorId")
      JOIN counted c ON c.id = r.id LEFT JOIN "User" o ON o.id = r."operatorId"
    )`,
  };
}
