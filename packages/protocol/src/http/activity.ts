import { z } from 'zod';

import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../limits.ts';
import { queryNumber } from '../shapes.ts';
import { answer, type Endpoint, type EndpointKey } from './endpoint.ts';
import { noteView } from './notes.ts';

const time = z.iso.datetime();
const activitySeq = z.int().describe('1, 2, 3 … within the conversation, in the order of their commits.');
/** Values of a conversation by their names, before or after an event. */
const eventValues = z.record(z.string(), z.unknown()).nullable();

const activityEvent = z
  .object({
    type: z.literal('event'),
    activitySeq,
    at: time,
    kind: z.string().describe('`done`, `blocked`, `tagged`, `note_edited` …; later versions may add more.'),
    actor: z.object({ kind: z.string(), id: z.int().nullable(), name: z.string().nullable() }).describe('A visitor has no id and no name.'),
    from: eventValues,
    to: eventValues,
    reason: z.string().nullable(),
    note: noteView.optional().describe('Of `note_edited` and `note_deleted`: the note as it is now.'),
  })
  .meta({ id: 'ActivityEvent' });

const activityNote = z.object({ type: z.literal('note'), activitySeq, at: time, note: noteView }).meta({ id: 'ActivityNote' });

const activityItem = z.union([activityEvent, activityNote]);
/** An event or a note of a conversation. Visitors never receive it. */
export type ActivityItem = z.output<typeof activityItem>;

const activityPage = z.object({
  items: z.array(activityItem),
  lastActivitySeq: z.int().describe('The number of the newest note or event, 0 when there is none.'),
  hasMore: z.boolean().describe('Whether there are more in the requested direction (without a cursor: older ones).'),
});
/** A page of activity, from old to new in either direction. */
export type ActivityPage = z.output<typeof activityPage>;

const readActivityQuery = z
  .object({
    afterActivitySeq: queryNumber.optional(),
    beforeActivitySeq: queryNumber.optional(),
    limit: queryNumber.pipe(z.int().min(1).max(MAX_PAGE_SIZE)).default(DEFAULT_PAGE_SIZE),
  })
  .refine((query) => query.afterActivitySeq === undefined || query.beforeActivitySeq === undefined, {
    message: 'afterActivitySeq and beforeActivitySeq can’t be combined',
    path: ['beforeActivitySeq'],
  });

export const activityEndpoints = {
  'GET /api/v1/conversations/{id}/activity': {
    access: 'operator',
    summary:
      'The notes and events of a conversation by `activitySeq`, oldest first. A reader who has everything up to a number and reads everything after it is up to date: changing or deleting a note is an event that carries the note as it is now.',
    query: readActivityQuery,
    response: answer(activityPage),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
