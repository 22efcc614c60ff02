import { z } from 'zod';

import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { listOf, pageQuery } from './lists.ts';

const isAvailable = z.boolean().describe('False while they have switched it off.');

const ownPresence = z.object({ isOnline: z.boolean(), isAvailable });
/** Whether the caller is there. */
export type OwnPresence = z.output<typeof ownPresence>;

const presenceView = z
  .object({
    operatorId: z.int(),
    name: z.string(),
    isAvailable,
    changedAt: z.iso.datetime().describe('When they came online, or changed whether they are available.'),
  })
  .meta({ id: 'Presence' });
/** An operator who is online. */
export type PresenceView = z.output<typeof presenceView>;

export const presenceEndpoints = {
  'GET /api/v1/presence': {
    access: 'operator',
    summary: 'The operators who are online, in the order of their ids.',
    query: pageQuery,
    response: answer(listOf(presenceView)),
  },
  'POST /api/v1/presence': {
    access: 'operator',
    summary:
      'The heartbeat of an open console: the caller is online for 60 s. The console repeats it every 20 s. Changes whether they are available only if `isAvailable` is given.',
    body: json(z.object({ isAvailable: z.boolean().optional() })),
    response: answer(ownPresence),
  },
  'POST /api/v1/presence/leave': {
    access: 'operator',
    summary: 'The caller’s last page of the console was closed. Signing out does the same. Pages of other browsers bring them back.',
    response: answer(z.object({})),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
