import { errorFor, type NoteView } from '@switchboard/protocol';

import type { Actor } from '../actor.ts';
import type { Context } from '../context.ts';
import { conversationChanged, type WithEffects } from '../effects.ts';
import { nextActivity } from '../events/write-event.ts';
import { requirePermission } from '../permissions.ts';
import { lockClient } from '../visible.ts';
import { withDatabase } from '../with-database.ts';
import { addMentions, checkedMentions } from './mentions.ts';
import { presentNote } from './note.ts';

/** `noteKey`: a UUID in lower case that the author's browser made; `mentions`: ids of operators. */
export interface NewNote {
  readonly clientId: number;
  readonly noteKey: string;
  readonly text: string;
  readonly mentions?: readonly number[] | undefined;
}

/**
 * Adds a note to a conversation, also to one that has ended or whose visitor is blocked. A repeat with the same key changes nothing and answers the first note as
 * it is now.
 *
 * @throws ChatError `unauthenticated`, `forbidden` for everybody but operators, `not_found`, `conflict` for the key of another operator's note,
 * `invalid_request` for mentions of operators who do not exist or do not see the conversation
 */
export async function addNote(
  ctx: Context,
  actor: Actor,
  { clientId, noteKey, text, mentions = [] }: NewNote,
): Promise<WithEffects<{ note: NoteView }>> {
  const operator = requirePermission(actor, 'note.write');
  return await withDatabase(
    ctx,
    async () =>
      await ctx.db.prisma.$transaction(async (tx) => {
        const client = await lockClient(tx, operator, clientId);
        const effects = [conversationChanged(client, 'activity')];
        const first = await tx.note.findUnique({ where: { clientId_noteKey: { clientId: client.id, noteKey } } });
        if (first !== null) {
          if (first.authorId !== operator.userId) throw errorFor('note_key_taken', { noteKey });
          return { note: presentNote(first), effects };
        }
        const mentioned = await checkedMentions(tx, client.id, mentions);
        const { activitySeq, chatNumber } = await nextActivity(tx, client.id);
        const author = { authorId: operator.userId, authorName: operator.name };
        const place = { clientId: client.id, activitySeq, chatNumber };
        const note = await tx.note.create({ data: { noteKey, ...place, ...author, text, mentions: mentioned, createdAt: ctx.clock() } });
        await addMentions(tx, { noteId: note.id, clientId: client.id, activitySeq, userIds: mentioned });
        return { note: presentNote(note), effects };
      }),
  );
}
