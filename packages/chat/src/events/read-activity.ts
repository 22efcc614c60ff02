import { Prisma } from '@switchboard/database';
import { DEFAULT_PAGE_SIZE, errorFor, MAX_PAGE_SIZE, type ActivityItem, type ActivityPage } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { presentNote, type NoteRow } from '../notes/note.ts';
import { requirePermission } from '../permissions.ts';
import { conversationNotFound } from '../refusals.ts';
import { clientMeant, clientsSeenBy, MAX_INTEGER } from '../visible.ts';
import { withDatabase } from '../with-database.ts';

/** Which activity: after a number, before one, or (neither) the newest. `limit` is `DEFAULT_PAGE_SIZE` unless given, and capped at `MAX_PAGE_SIZE`. */
export interface ActivityQuery {
  readonly clientId: number;
  readonly afterActivitySeq?: number | undefined;
  readonly beforeActivitySeq?: number | undefined;
  readonly limit?: number | undefined;
}

interface EventColumns {
  readonly seq: number;
  readonly at: Date;
  /** Null for a note. */
  readonly kind: string | null;
  readonly actorKind: string;
  readonly actorId: number | null;
  readonly actorName: string | null;
  readonly from: Record<string, unknown> | null;
  readonly to: Record<string, unknown> | null;
  readonly reason: string | null;
}
type WithNote = { readonly [K in keyof NoteRow]: NoteRow[K] } | { readonly id: null };
/** Every row repeats the client's number; a client without activity in the page is one row with nothing else. */
type ActivityRow = { readonly lastActivitySeq: number } & ((EventColumns & WithNote) | { readonly seq: null });
type ItemRow = Extract<ActivityRow, EventColumns>;

/**
 * A page of the notes and events of a conversation, from old to new. An event that changed a note carries the note as it is now. One statement, so that the page
 * is of one instant: a reader who has everything up to a number and reads everything after it sees what one sees who reads everything.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`, `invalid_request` when both numbers are given
 */
export async function readActivity(ctx: Context, actor: Actor, query: ActivityQuery): Promise<ActivityPage> {
  requirePermission(actor, 'conversation.read-events');
  const { afterActivitySeq: after, beforeActivitySeq: before } = query;
  if (after !== undefined && before !== undefined) throw errorFor('two_cursors');
  const clientId = clientMeant(actor, query.clientId);
  const limit = Math.max(1, Math.min(query.limit ?? DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE));
  const range =
    after === undefined
      ? Prisma.sql`"activitySeq" < ${Math.min(before ?? MAX_INTEGER, MAX_INTEGER)}::int ORDER BY "activitySeq" DESC LIMIT ${limit + 1}::int`
      : Prisma.sql`"activitySeq" > ${Math.min(after, MAX_INTEGER)}::int ORDER BY "activitySeq" LIMIT ${limit + 1}::int`;
  const order = after === undefined ? Prisma.sql`DESC` : Prisma.sql`ASC`;
  const rows = await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$queryRaw<ActivityRow[]>`
      SELECT c."activitySeq" AS "lastActivitySeq", i.*, n.*
      FROM ${clientsSeenBy(actor)}
      LEFT JOIN LATERAL (
        SELECT * FROM (
          (
            SELECT "activitySeq" AS seq, at, kind, "actorKind", "actorId", "actorName", "from", "to", reason, ("to" ->> 'noteId')::int AS "noteId"
            FROM "ConversationEvent" WHERE "clientId" = c.id AND ${range}
          ) UNION ALL (
            SELECT "activitySeq", "createdAt", NULL, 'operator', NULL, NULL, NULL, NULL, NULL, id FROM "Note" WHERE "clientId" = c.id AND ${range}
          )
        ) merged ORDER BY seq ${order} LIMIT ${limit + 1}::int
      ) i ON true
      LEFT JOIN "Note" n ON n.id = i."noteId"
      WHERE c.id = ${clientId}::int
      ORDER BY i.seq`,
  );
  const [client] = rows;
  if (client === undefined) throw conversationNotFound();
  const found = rows.filter((row): row is ItemRow => row.seq !== null);
  // The extra row is the newest when reading forwards, the oldest when reading backwards.
  const page = after === undefined ? found.slice(-limit) : found.slice(0, limit);
  return { items: page.map(present), lastActivitySeq: client.lastActivitySeq, hasMore: found.length > limit };
}

function present(row: ItemRow): ActivityItem {
  const { seq: activitySeq, kind, from, to, reason } = row;
  const at = row.at.toISOString();
  const note = row.id === null ? undefined : presentNote(row);
  if (kind === null) {
    if (note === undefined) throw new Error(`The activity ${activitySeq} is neither an event nor a note.`);
    return { type: 'note', activitySeq, at, note };
  }
  const actor = { kind: row.actorKind, id: row.actorId, name: row.actorName };
  return { type: 'event', activitySeq, at, kind, actor, from, to, reason, ...(note === undefined ? {} : { note }) };
}
