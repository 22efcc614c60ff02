import { errorFor, type NoteView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { conversationChanged, type WithEffects } from '../effects.ts';
import { writeEvent } from '../events/write-event.ts';
import { isPermitted, requirePermission } from '../permissions.ts';
import { lockClient } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { conversationOfNote, presentNote } from './note.ts';

/**
 * Deletes the text and the mentions of a note; its row stays, so that the numbers of the activity have no gap. A repeat changes nothing.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but its author and those who may delete every note, `not_found`
 */
export async function deleteNote(
  ctx: Context,
  actor: Actor,
  { noteId }: { readonly noteId: number },
): Promise<WithEffects<{ note: NoteView }>> {
  const operator = requirePermission(actor, 'note.write');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const client = await lockClient(tx, operator, await conversationOfNote(tx, operator, noteId));
        const before = await tx.note.findUniqueOrThrow({ where: { id: noteId } });
        if (before.authorId !== operator.userId && !isPermitted(operator, 'note.delete-any')) throw errorFor('note_of_another');
        const effects = [conversationChanged(client, 'activity')];
        if (before.deletedAt !== null) return { note: presentNote(before), effects };
        const at = ctx.clock();
        await writeEvent(tx, operator, { clientId: client.id, kind: 'note_deleted', at, to: { noteId } });
        const data = { text: '', mentions: [], deletedAt: at, version: { increment: 1 } };
        const note = await tx.note.update({ where: { id: noteId }, data });
        await tx.mention.deleteMany({ where: { noteId } });
        return { note: presentNote(note), effects };
      }),
  );
}
