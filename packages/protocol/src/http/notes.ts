import { z } from 'zod';

import { MAX_MENTIONS, MAX_TEXT_LENGTH } from '../limits.ts';
import { rowId, text } from '../shapes.ts';
import { isVisible } from '../visible.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { listOf, pageQuery } from './lists.ts';

const time = z.iso.datetime();

export const noteView = z
  .object({
    id: z.int(),
    noteKey: z.string(),
    clientId: z.int(),
    activitySeq: z.int().describe('Its number among the notes and events of the conversation.'),
    chatNumber: z.int().describe('The chat during which it was written, 0 before the first.'),
    author: z
      .object({ id: z.int().nullable(), name: z.string() })
      .describe('With the name at that time; without an id when the account is gone.'),
    text: z.string().describe('Empty after the note was deleted.'),
    mentions: z.array(z.int()).describe('Ids of the operators whom it mentions.'),
    createdAt: time,
    editedAt: time.nullable(),
    deletedAt: time.nullable(),
    version: z.int().describe('Grows with each change.'),
  })
  .meta({ id: 'Note' });
/** What operators write to each other inside a conversation. Visitors never receive it. */
export type NoteView = z.output<typeof noteView>;

const noteText = text(MAX_TEXT_LENGTH).refine(isVisible, 'must have visible characters');
const mentions = z
  .array(rowId)
  .max(MAX_MENTIONS)
  .refine((ids) => new Set(ids).size === ids.length, 'must not name an operator twice')
  .describe('Ids of operators who may see the conversation.');

const addNoteRequest = z.object({
  noteKey: z
    .uuid()
    .transform((value) => value.toLowerCase())
    .describe('Made by the author’s browser when they add the note.'),
  text: noteText,
  mentions: mentions.default([]),
});

const editNoteRequest = z.object({
  text: noteText,
  mentions,
  expected: z.object({ version: z.int().positive() }).describe('What the caller has seen.'),
});

/** A note of the maximum length whose characters JSON all escapes as `\u0001`, with its other fields. */
const MAX_NOTE_BYTES = 6 * MAX_TEXT_LENGTH + 10_000;

export const noteEndpoints = {
  'GET /api/v1/conversations/{id}/notes': {
    access: 'operator',
    summary: 'The notes of a conversation that have not been deleted, newest first.',
    query: pageQuery,
    response: answer(listOf(noteView)),
  },
  'POST /api/v1/conversations/{id}/notes': {
    access: 'operator',
    summary:
      'Adds a note to a conversation, for operators only. Idempotent by conversation and `noteKey`: a repeat answers the first note. The key of another operator’s note is 409 `conflict`.',
    body: json(addNoteRequest, MAX_NOTE_BYTES),
    response: answer(noteView, 201),
  },
  'PATCH /api/v1/notes/{id}': {
    access: 'operator',
    summary:
      'Changes a note. Only its author may. 409 `conflict` when it has another version than `expected`: the error’s `current` is the note as it is now.',
    body: json(editNoteRequest, MAX_NOTE_BYTES),
    response: answer(noteView),
  },
  'DELETE /api/v1/notes/{id}': {
    access: 'operator',
    summary: 'Deletes the text of a note and answers the note without it. Only the author, supervisors and administrators may do so.',
    response: answer(noteView),
  },
  'POST /api/v1/conversations/{id}/mentions-seen': {
    access: 'operator',
    summary: 'The caller has seen the notes that mention them, up to the activity of this number. Answers how many they have not seen.',
    body: json(z.object({ upToActivitySeq: z.int().nonnegative() })),
    response: answer(z.object({ unseen: z.int() })),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
