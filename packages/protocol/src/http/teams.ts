import { z } from 'zod';

import { MAX_TEAM_MEMBERS } from '../limits.ts';
import { chosenName, rowId } from '../shapes.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { expectedVersion, listOf, pageQuery } from './lists.ts';

const teamView = z
  .object({
    id: z.int(),
    name: z.string(),
    members: z.array(z.object({ operatorId: z.int(), name: z.string(), isLead: z.boolean() })).describe('By name.'),
    version: z.int().describe('Grows with each change.'),
  })
  .meta({ id: 'Team' });
/** Operators who answer for the same things. */
export type TeamView = z.output<typeof teamView>;

/** All members of a team: they replace those that it has. */
export const teamMembers = z
  .array(z.object({ operatorId: rowId, isLead: z.boolean().default(false) }))
  .max(MAX_TEAM_MEMBERS)
  .refine((members) => new Set(members.map(({ operatorId }) => operatorId)).size === members.length, 'must not name an operator twice');

export const teamEndpoints = {
  'GET /api/v1/teams': {
    access: 'operator',
    summary: 'The teams in the order of their ids.',
    query: pageQuery,
    response: answer(listOf(teamView)),
  },
  'POST /api/v1/teams': {
    access: 'admin',
    summary: 'Creates a team. 409 `conflict` when there is one of that name.',
    body: json(z.object({ name: chosenName, members: teamMembers.optional() })),
    response: answer(teamView, 201),
  },
  'PATCH /api/v1/teams/{id}': {
    access: 'admin',
    summary:
      'Changes a team. `members` replaces all members. Omitted fields keep their values. 409 `conflict` when it has another version than `expected`: the error’s `current` is the team as it is now. Also 409 when there is another one of that name.',
    body: json(z.object({ name: chosenName.optional(), members: teamMembers.optional(), expected: expectedVersion })),
    response: answer(teamView),
  },
  'DELETE /api/v1/teams/{id}': {
    access: 'admin',
    summary: 'Removes a team with its canned replies. Its open conversations, its inboxes and its earlier chats then belong to no team.',
    response: answer(z.object({})),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
