import { Prisma } from '@switchboard/database';
import { errorFor, type NoteView } from '@switchboard/protocol';

import type { OperatorActor } from '../actor.ts';
import { clientsSeenBy, MAX_INTEGER, type Queryable } from '../visible.ts';

/** A row of `Note`. */
export type NoteRow = Prisma.NoteGetPayload<object>;

/** A note as operators see it. */
export function presentNote(row: NoteRow): NoteView {
  return {
    id: row.id,
    noteKey: row.noteKey,
    clientId: row.clientId,
    activitySeq: row.activitySeq,
    chatNumber: row.chatNumber,
    author: { id: row.authorId, name: row.authorName },
    text: row.text,
    mentions: row.mentions,
    createdAt: row.createdAt.toISOString(),
    editedAt: row.editedAt?.toISOString() ?? null,
    deletedAt: row.deletedAt?.toISOString() ?? null,
    version: row.version,
  };
}

/**
 * The conversation of a note that the actor sees.
 *
 * @throws ChatError `not_found` when there is no such note, or the actor does not see its conversation
 */
export async function conversationOfNote(tx: Queryable, actor: OperatorActor, noteId: number): Promise<number> {
  const [found] =
    noteId < 1 || noteId > MAX_INTEGER
      ? []
      : await tx.$queryRaw<{ clientId: number }[]>`
          SELECT c.id AS "clientId" FROM ${clientsSeenBy(actor)} JOIN "Note" n ON n."clientId" = c.id WHERE n.id = ${noteId}::int`;
  if (found === undefined) throw errorFor('note_not_found');
  return found.clientId;
}
