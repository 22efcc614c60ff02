import { z } from 'zod';

import { MAX_WAITING_TARGET_SECONDS } from '../limits.ts';
import { chosenName, rowId } from '../shapes.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { expectedVersion, listOf, pageQuery } from './lists.ts';

const inboxView = z
  .object({
    id: z.int(),
    key: z.string().describe('Public: `data-inbox` of the widget’s snippet. It never changes.'),
    name: z.string(),
    isDefault: z.boolean().describe('Visitors whose page names no inbox belong to the default one.'),
    teamId: z.int().nullable().describe('Chats of this inbox begin in this team; null: they begin in no team.'),
    waitingTargetSeconds: z.int().describe('The waiting time from which on a row of the list is amber, and from twice that red.'),
    version: z.int().describe('Grows with each change.'),
  })
  .meta({ id: 'Inbox' });
/** A place where the widget stands: a site. */
export type InboxView = z.output<typeof inboxView>;

/** What administrators choose of an inbox. */
export const inboxFields = {
  name: chosenName,
  teamId: rowId.nullable().optional(),
  waitingTargetSeconds: z.int().min(1).max(MAX_WAITING_TARGET_SECONDS).optional(),
  isDefault: z.literal(true).optional().describe('Makes it the default one instead of the other.'),
};

export const inboxEndpoints = {
  'GET /api/v1/inboxes': {
    access: 'operator',
    summary: 'The inboxes in the order of their ids. There is always one, and exactly one is the default.',
    query: pageQuery,
    response: answer(listOf(inboxView)),
  },
  'POST /api/v1/inboxes': {
    access: 'admin',
    summary: 'Creates an inbox with a new key.',
    body: json(z.object(inboxFields)),
    response: answer(inboxView, 201),
  },
  'PATCH /api/v1/inboxes/{id}': {
    access: 'admin',
    summary:
      'Changes an inbox. Omitted fields keep their values. 409 `conflict` when it has another version than `expected`: the error’s `current` is the inbox as it is now.',
    body: json(z.object({ ...inboxFields, name: chosenName.optional(), expected: expectedVersion })),
    response: answer(inboxView),
  },
  'DELETE /api/v1/inboxes/{id}': {
    access: 'admin',
    summary: 'Removes an inbox; its conversations then belong to the default one. 409 `conflict` for the default inbox.',
    response: answer(z.object({})),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
