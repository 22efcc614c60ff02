import { errorFor, type NoteView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { conversationChanged, type WithEffects } from '../effects.ts';
import { writeEvent } from '../events/write-event.ts';
import { requirePermission } from '../permissions.ts';
import { lockClient } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { addMentions, checkedMentions } from './mentions.ts';
import { conversationOfNote, presentNote } from './note.ts';

/** The note's whole new content. `expected`: the version that the author has seen. */
export interface NoteEdit {
  readonly noteId: number;
  readonly text: string;
  readonly mentions: readonly number[];
  readonly expected: { readonly version: number };
}

/**
 * Changes a note. Operators whom it mentioned before and still mentions are not notified again. A repeat changes nothing and answers the note.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but its author, `not_found`, `conflict` when the note has another version or is deleted, with
 * the note as `current`, `invalid_request` for mentions of operators who do not exist or do not see the conversation
 */
export async function editNote(
  ctx: Context,
  actor: Actor,
  { noteId, text, mentions, expected }: NoteEdit,
): Promise<WithEffects<{ note: NoteView }>> {
  const operator = requirePermission(actor, 'note.write');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const client = await lockClient(tx, operator, await conversationOfNote(tx, operator, noteId));
        const before = await tx.note.findUniqueOrThrow({ where: { id: noteId } });
        if (before.authorId !== operator.userId) throw errorFor('note_of_another');
        const effects = [conversationChanged(client, 'activity')];
        if (before.deletedAt === null && before.text === text && sameIds(before.mentions, mentions))
          return { note: presentNote(before), effects };
        if (before.deletedAt !== null || before.version !== expected.version)
          throw errorFor('note_changed', undefined, { current: presentNote(before) });
        const mentioned = await checkedMentions(tx, client.id, mentions);
        const at = ctx.clock();
        const activitySeq = await writeEvent(tx, operator, { clientId: client.id, kind: 'note_edited', at, to: { noteId } });
        const data = { text, mentions: mentioned, editedAt: at, version: { increment: 1 } };
        const note = await tx.note.update({ where: { id: noteId }, data });
        await tx.mention.deleteMany({ where: { noteId, userId: { notIn: mentioned } } });
        const added = mentioned.filter((id) => !before.mentions.includes(id));
        await addMentions(tx, { noteId, clientId: client.id, activitySeq, userIds: added });
        return { note: presentNote(note), effects };
      }),
  );
}

function sameIds(one: readonly number[], other: readonly number[]): boolean {
  const [some, others] = [new Set(one), new Set(other)];
  return some.size === others.size && [...some].every((id) => others.has(id));
}
