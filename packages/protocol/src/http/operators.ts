import { z } from 'zod';

import { chosenName } from '../shapes.ts';
import { operatorRole } from '../roles.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { listOf, pageQuery } from './lists.ts';

const operatorView = z
  .object({
    id: z.int(),
    name: z.string(),
    displayName: z.string().nullable().describe('The name that visitors see; null: `name`.'),
    image: z.string().nullable(),
    role: operatorRole,
    capacity: z.int().nullable().describe('Most open chats that automatic assignment gives them; null: the installation’s setting.'),
    isOnline: z.boolean().describe('A page of the console is open.'),
    isAvailable: z.boolean().describe('False while they have switched it off. It counts only while they are online.'),
    maySignIn: z.boolean().describe('False for a removed operator, whose messages stay.'),
    teams: z.array(z.object({ id: z.int(), name: z.string(), isLead: z.boolean() })),
    email: z.string().optional().describe('For administrators only.'),
    sessions: z.int().optional().describe('Number of signed-in browsers. For administrators only.'),
  })
  .meta({ id: 'Operator' });
/** An operator as other operators see them. */
export type OperatorView = z.output<typeof operatorView>;

const changeOperatorRequest = z.object({
  role: operatorRole.optional(),
  capacity: z.int().min(0).nullable().optional(),
  name: chosenName.optional(),
  displayName: chosenName.nullable().optional(),
});

export const operatorEndpoints = {
  'GET /api/v1/operators': {
    access: 'operator',
    summary: 'The operators in the order of their ids, removed ones included.',
    query: pageQuery,
    response: answer(listOf(operatorView)),
  },
  'GET /api/v1/operators/{id}': { access: 'operator', summary: 'One operator.', response: answer(operatorView) },
  'PATCH /api/v1/operators/{id}': {
    access: 'operator',
    summary:
      'Changes an operator and answers them. Omitted fields keep their values. Operators may change their own names, administrators everything of everybody. 409 `conflict` when the last administrator would lose that role.',
    body: json(changeOperatorRequest),
    response: answer(operatorView),
  },
  'DELETE /api/v1/operators/{id}': {
    access: 'admin',
    summary:
      'Removes an operator: they are signed out everywhere and can’t sign in anymore, and their open chats return to the queue. Their messages stay, with their name. 409 `conflict` for the last administrator.',
    response: answer(z.object({})),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
