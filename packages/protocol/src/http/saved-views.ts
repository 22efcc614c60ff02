import { z } from 'zod';

import { MAX_NAME_LENGTH, MAX_SAVED_VIEWS } from '../limits.ts';
import { line, rowId } from '../shapes.ts';
import { isVisible } from '../visible.ts';
import { CONVERSATION_VIEWS, needsTeam } from './conversations.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';

/** The endpoints of the views that an operator has saved. */

const name = line(MAX_NAME_LENGTH).refine(isVisible, 'must not be empty');
const version = z.int().positive();

/** What a saved view shows: the parameters of `GET /api/v1/conversations`. */
export const savedViewFilters = z
  .object({
    view: z.enum(CONVERSATION_VIEWS),
    inbox: rowId.optional(),
    team: rowId.optional(),
    assignee: rowId.optional(),
    tag: rowId.optional(),
    unread: z.literal(true).optional(),
  })
  .refine(...needsTeam);
export type SavedViewFilters = z.output<typeof savedViewFilters>;

const savedView = z
  .object({ id: z.int(), name: z.string(), filters: savedViewFilters, version: z.int().describe('Grows with each change.') })
  .meta({ id: 'SavedView' });
export type SavedView = z.output<typeof savedView>;

const newSavedView = z.object({ name, filters: savedViewFilters });
const changedSavedView = z
  .object({
    name: name.optional(),
    filters: savedViewFilters.optional(),
    expected: z.object({ version }).describe('What the caller has seen.'),
  })
  .refine(({ name: given, filters }) => given !== undefined || filters !== undefined, 'name or filters is needed');

export const savedViewEndpoints = {
  'GET /api/v1/saved-views': {
    access: 'operator',
    summary: `The views that the caller has saved, by name; at most ${MAX_SAVED_VIEWS}.`,
    response: answer(z.object({ items: z.array(savedView), nextCursor: z.null() })),
  },
  'POST /api/v1/saved-views': {
    access: 'operator',
    summary:
      'Saves a view of the caller. 409 `conflict` when they have another one of that name (`current`), or too many. Repeating the request answers the same view.',
    body: json(newSavedView),
    response: answer(savedView, 201),
  },
  'PATCH /api/v1/saved-views/{id}': {
    access: 'operator',
    summary:
      'Changes the name or the filters (as a whole) of a view that the caller has saved. 409 `conflict` when it has another version than `expected`, or when another view has the name: `current` is that view as it is now.',
    body: json(changedSavedView),
    response: answer(savedView),
  },
  'DELETE /api/v1/saved-views/{id}': {
    access: 'operator',
    summary: 'Removes a view that the caller has saved.',
    response: answer(z.object({})),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
