import { Prisma } from '@switchboard/database';

/** A conversation that a message reopens. */
export interface Reopening {
  readonly clientId: number;
  readonly endedAt: Date;
  /** The operator who wrote the message; null for the visitor. */
  readonly operatorId: number | null;
}

/** What reopening adds to the statement that saves messages; empty when no conversation is reopened. */
interface ReopeningSql {
  /** Sets columns of the client `c` from its change `n`. */
  readonly columns: Prisma.Sql;
  readonly returning: Prisma.Sql;
  /** Inserts the events, from the rows that `counted` returns. */
  readonly insert: Prisma.Sql;
}

/** @param at of the save, ISO-8601 */
export function reopeningSql(reopenings: readonly Reopening[], at: string): ReopeningSql {
  if (reopenings.length === 0) return { columns: Prisma.empty, returning: Prisma.empty, insert: Prisma.empty };
  const column = <T>(read: (reopening: Reopening) => T): T[] => reopenings.map(read);
  return {
    columns: Prisma.sql`, "activitySeq" = c."activitySeq" + n.reopen::int`,
    returning: Prisma.sql`RETURNING c.id, c."activitySeq"`,
    insert: Prisma.sql`, reopened AS (
      INSERT INTO "ConversationEvent" ("clientId", "activitySeq", at, kind, "actorKind", "actorId", "actorName", "from", "to", reason)
      SELECT c.id, c."activitySeq", ${at}::timestamptz, 'reopened', CASE WHEN o.id IS NULL THEN 'visitor' ELSE 'operator' END, o.id, o.name,
        jsonb_build_object('endedAt', r."endedAt"), '{"endedAt": null}', 'message'
      FROM unnest(
        ${column(({ clientId }) => clientId)}::int[], ${column(({ endedAt }) => endedAt.toISOString())}::text[], ${column(({ operatorId }) => operatorId)}::int[]
      ) AS r(id, "endedAt", "operatorId")
      JOIN counted c ON c.id = r.id LEFT JOIN "User" o ON o.id = r."operatorId"
    )`,
  };
}
