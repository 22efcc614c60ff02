import { addNote, deleteNote, editNote, listNotes, markMentionsSeen, readActivity } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { idOf } from '../path-id.ts';
import { route } from '../route.ts';

/** The notes of a conversation. */
export const readNotes = route('GET /api/v1/conversations/{id}/notes', {
  async handle({ services: { chat }, caller, params, query }) {
    return await listNotes(chat, operatorActor(caller.operator), { clientId: idOf(params), ...query });
  },
});

/** Adds a note: 201 means committed. */
export const createNote = route('POST /api/v1/conversations/{id}/notes', {
  async handle({ services: { chat, afterCommit }, caller, params, body }) {
    return afterCommit(await addNote(chat, operatorActor(caller.operator), { clientId: idOf(params), ...body })).note;
  },
});

/** Changes the text and the mentions of a note. */
export const changeNote = route('PATCH /api/v1/notes/{id}', {
  async handle({ services: { chat, afterCommit }, caller, params, body }) {
    return afterCommit(await editNote(chat, operatorActor(caller.operator), { noteId: idOf(params), ...body })).note;
  },
});

/** Deletes the text of a note. */
export const removeNote = route('DELETE /api/v1/notes/{id}', {
  async handle({ services: { chat, afterCommit }, caller, params }) {
    return afterCommit(await deleteNote(chat, operatorActor(caller.operator), { noteId: idOf(params) })).note;
  },
});

/** Marks mentions of the caller as seen. */
export const seeMentions = route('POST /api/v1/conversations/{id}/mentions-seen', {
  async handle({ services: { chat, afterCommit }, caller, params, body }) {
    return afterCommit(await markMentionsSeen(chat, operatorActor(caller.operator), { clientId: idOf(params), ...body }));
  },
});

/** A page of the notes and events of a conversation. */
export const listActivity = route('GET /api/v1/conversations/{id}/activity', {
  async handle({ services: { chat }, caller, params, query }) {
    return await readActivity(chat, operatorActor(caller.operator), { clientId: idOf(params), ...query });
  },
});
