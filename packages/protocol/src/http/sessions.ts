import { z } from 'zod';

import { MAX_ADDRESS_LENGTH, MAX_EMAIL_LENGTH, MAX_NAME_LENGTH, MAX_PHONE_LENGTH, MAX_URL_LENGTH } from '../limits.ts';
import { extra, line, personName } from '../shapes.ts';
import { isVisible } from '../visible.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';

/** `POST /api/chat/sessions` by a visitor. */
export const startSessionRequest = z.object({
  username: personName,
  phone: extra(MAX_PHONE_LENGTH),
  // Permissive: the owner of an address knows best what it looks like.
  email: extra(MAX_EMAIL_LENGTH, (value) => /^[^\s@]+@\S+$/.test(value)),
  pageUrl: extra(MAX_URL_LENGTH),
  locale: extra(35),
  inbox: extra(64).describe('The key of the inbox that the page names. An unknown one counts as not given.'),
  resumeToken: z
    .string()
    .max(2_048)
    .optional()
    .describe('Lets a visitor with an expired token back into the same conversation. Where that does not exist, no new one is started.'),
});

/** `POST /api/chat/sessions` by an operator, for the address of an old front-end. */
export const adoptSessionRequest = z.object({
  clientSocketId: z.string().min(1).max(MAX_ADDRESS_LENGTH),
  /** Old front-ends may send any name: an invisible one must not prevent the visitor's messages from being saved. */
  username: line(MAX_NAME_LENGTH).transform((value) => (isVisible(value) ? value : 'Visitor')),
});

/** Either of the two. The field `clientSocketId` decides which, so that an invalid one never starts a visitor's conversation. */
const sessionRequest = z
  .custom<z.input<typeof startSessionRequest> | z.input<typeof adoptSessionRequest>>()
  .transform((value: unknown, context) => {
    const isAdoption = typeof value === 'object' && value !== null && 'clientSocketId' in value;
    const result = (isAdoption ? adoptSessionRequest : startSessionRequest).safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) context.addIssue({ ...issue });
    return z.NEVER;
  })
  .meta({ alternatives: [startSessionRequest, adoptSessionRequest] });

const startSessionResponse = z.object({
  token: z
    .string()
    .optional()
    .describe(
      'The token of this conversation for the relay and, as a Bearer token, for this API. Absent when an operator adopted an address.',
    ),
  clientId: z.int(),
  sessionId: z.string().describe('The visitor’s address on the relay.'),
  username: z.string(),
  expiresAt: z.iso.datetime().optional().describe('When `token` expires.'),
  resumeToken: z.string().optional().describe('Reopens this conversation, for up to 90 days. It is valid for nothing else.'),
});
export type StartSessionResponse = z.output<typeof startSessionResponse>;

const tokenResponse = z.object({
  token: z.string(),
  expiresAt: z.iso.datetime(),
  operatorId: z.int().optional().describe('Of an operator’s token: the operator.'),
});
export type TokenResponse = z.output<typeof tokenResponse>;

export const sessionEndpoints = {
  'POST /api/chat/sessions': {
    access: 'anyone',
    summary:
      'Starts a visitor’s conversation. A valid Bearer token or `resumeToken` reopens its conversation; a `resumeToken` whose conversation does not exist is 404. ' +
      'An operator may send `{ clientSocketId, username }` for an address without a row; idempotent by `clientSocketId`.',
    body: json(sessionRequest),
    response: answer(startSessionResponse, 201),
  },
  'POST /api/chat/token': {
    access: 'visitor-or-operator',
    summary: 'A fresh relay token. A visitor’s tokens expire 90 days after the conversation’s first one, however often they are renewed.',
    response: answer(tokenResponse),
  },
  'POST /api/chat/end': {
    access: 'visitor-or-operator',
    summary:
      'Ends the conversation; an operator names it with `clientId`. After a visitor ends it, their tokens open only the last page of 50 messages (`GET /api/chat/messages` without a cursor); everything else is 401. ' +
      'After an operator ends it, the visitor’s next message reopens it.',
    body: json(z.object({ clientId: z.int().positive().optional() })),
    response: answer(z.object({ endedAt: z.iso.datetime().nullable() })),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
