import { z } from 'zod';

import { MAX_SHORTCUT_LENGTH, MAX_TEXT_LENGTH } from '../limits.ts';
import { REPLY_VARIABLES, unknownVariables } from '../reply-variables.ts';
import { rowId, text } from '../shapes.ts';
import { isVisible } from '../visible.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { listOf, pageQuery } from './lists.ts';

const version = z.int().positive();
const cannedReplyView = z
  .object({
    id: z.int(),
    shortcut: z.string().describe('Without the slash, in lower case.'),
    text: z.string(),
    scope: z.enum(['own', 'team', 'everybody']),
    teamId: z.int().nullable().describe('Of the scope `team`.'),
    version: version.describe('Grows with each change.'),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'CannedReply' });
/** A text that operators insert by its shortcut. */
export type CannedReplyView = z.output<typeof cannedReplyView>;

const shortcut = z
  .string()
  .max(MAX_SHORTCUT_LENGTH)
  .regex(/^[\p{L}\p{M}\p{N}_-]+$/u, 'must consist of letters, digits, - and _')
  .transform((value) => value.normalize('NFC').toLowerCase());

const known = REPLY_VARIABLES.map((name) => `{{${name}}}`).join(', ');
const replyText = text(MAX_TEXT_LENGTH)
  .refine(isVisible, 'must have visible characters')
  .superRefine((value, context) => {
    const unknown = unknownVariables(value).map((name) => `{{${name}}}`);
    if (unknown.length > 0)
      context.addIssue({ code: 'custom', message: `must not contain ${unknown.join(', ').slice(0, 200)}: the variables are ${known}` });
  })
  .describe(`May contain ${known}.`);

const createCannedReplyRequest = z
  .object({
    shortcut,
    text: replyText,
    scope: z.enum(['own', 'team', 'everybody']).default('own'),
    teamId: rowId.optional().describe('The team of the scope `team`.'),
  })
  .refine(({ scope, teamId }) => (scope === 'team') === (teamId !== undefined), {
    message: 'must be given exactly with the scope team',
    path: ['teamId'],
  });

const changeCannedReplyRequest = z.object({
  shortcut: shortcut.optional(),
  text: replyText.optional(),
  expected: z.object({ version }).describe('What the caller has seen.'),
});

/** A reply of the maximum length whose characters JSON all escapes as `\u0001`, with its other fields. */
const MAX_REPLY_BYTES = 6 * MAX_TEXT_LENGTH + 4_000;

export const cannedReplyEndpoints = {
  'GET /api/v1/canned-replies': {
    access: 'operator',
    summary:
      'The caller’s own canned replies, those of their teams and everybody’s, in the order in which they were added; for supervisors and administrators those of all teams.',
    query: pageQuery,
    response: answer(listOf(cannedReplyView)),
  },
  'POST /api/v1/canned-replies': {
    access: 'operator',
    summary:
      'Adds a canned reply: an own one; one of a team, if the caller is a lead of it, a supervisor or an administrator; or one of everybody, if they are one of the latter two. A shortcut occurs once in each of these: 409 `conflict` with the other reply as `current`, except for a repeat with the same text.',
    body: json(createCannedReplyRequest, MAX_REPLY_BYTES),
    response: answer(cannedReplyView, 201),
  },
  'PATCH /api/v1/canned-replies/{id}': {
    access: 'operator',
    summary:
      'Changes a canned reply, for those who may add one there. 409 `conflict` when it has another version than `expected`, or when the shortcut is taken: the error’s `current` is that reply as it is now.',
    body: json(changeCannedReplyRequest, MAX_REPLY_BYTES),
    response: answer(cannedReplyView),
  },
  'DELETE /api/v1/canned-replies/{id}': {
    access: 'operator',
    summary: 'Removes a canned reply, for those who may add one there. Removing one that does not exist changes nothing.',
    response: answer(z.object({})),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
