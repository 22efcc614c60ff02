import { z } from 'zod';

import { rowId, seq } from '../shapes.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';

/** The endpoints that change the state of one conversation. Its id is a client's. */

const time = z.iso.datetime();
const named = z.object({ id: z.int(), name: z.string() });

const assignmentRequest = z
  .object({
    assigneeId: rowId.nullish().describe('An operator, or null for nobody. If omitted, the assignee stays, unless the team changes.'),
    teamId: rowId.nullish().describe('A team, or null for none. If omitted, the team stays.'),
    expected: z.object({ assigneeId: rowId.nullable() }).describe('The assignee that the caller has seen.'),
  })
  .refine(({ assigneeId, teamId }) => assigneeId !== undefined || teamId !== undefined, 'must have assigneeId or teamId');
const assignmentResponse = z.object({ assignee: named.nullable(), team: named.nullable() });

const doneResponse = z.object({ doneAt: time.nullable(), waitingSince: time.nullable() });
const seen = z.object({ lastSeq: seq }).describe('The newest message that the caller saw.');

const snoozeRequest = z.object({
  snoozed: z.boolean().default(true),
  until: z.iso
    .datetime({ offset: true })
    .nullish()
    .describe('Within a year. Without it: until the visitor’s next message, which ends any snooze.'),
  expected: seen.optional(),
});
const snoozeResponse = z.object({ snoozedAt: time.nullable(), snoozedUntil: time.nullable() });

export const conversationActionEndpoints = {
  'POST /api/v1/conversations/{id}/assignment': {
    access: 'operator',
    summary:
      'Assigns the open chat to an operator or a team, or unassigns it. 409 `conflict` when the assignee is not the expected one: the error’s `current` is `{ assignee, team }`. A request for the current state succeeds.',
    body: json(assignmentRequest),
    response: answer(assignmentResponse),
  },
  'POST /api/v1/conversations/{id}/close': {
    access: 'operator',
    summary: 'Closes the open chat: the conversation is done. 409 `conflict` when there are messages after `expected.lastSeq`.',
    body: json(z.object({ expected: seen.optional() })),
    response: answer(doneResponse),
  },
  'POST /api/v1/conversations/{id}/reopen': {
    access: 'operator',
    summary: 'Opens the last chat again, with its assignee and team. The visitor’s next message opens a new one instead.',
    response: answer(doneResponse),
  },
  'POST /api/v1/conversations/{id}/snooze': {
    access: 'operator',
    summary:
      'Takes the open chat out of the views of open ones until a time or the visitor’s next message, or brings it back (`snoozed: false`). 409 `conflict` when no chat is open or there are messages after `expected.lastSeq`.',
    body: json(snoozeRequest),
    response: answer(snoozeResponse),
  },
  'POST /api/v1/conversations/{id}/block': {
    access: 'operator',
    summary: 'Blocks or unblocks the visitor, as `POST /api/chat/block`.',
    body: json(z.object({ blocked: z.boolean() })),
    response: answer(z.object({ blockedAt: time.nullable() })),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
