import { z } from 'zod';

import { MAX_EMAIL_LENGTH, MAX_INVITATION_TEAMS } from '../limits.ts';
import { operatorRole } from '../roles.ts';
import { chosenName, rowId, text } from '../shapes.ts';
import { answer, json, type Endpoint, type EndpointKey } from './endpoint.ts';
import { listOf, pageQuery } from './lists.ts';

const time = z.iso.datetime();
const person = z.object({ id: z.int(), name: z.string() });

/** The e-mail address of an operator, in lower case. */
export const operatorEmail = z.string().trim().toLowerCase().max(MAX_EMAIL_LENGTH).pipe(z.email('must be an e-mail address'));

const invitationView = z
  .object({
    id: z.int(),
    role: operatorRole,
    name: z.string().nullable(),
    email: z.string().nullable(),
    teamIds: z.array(z.int()),
    invitedBy: person.nullable().describe('Null for the first administrator’s invitation.'),
    createdAt: time,
    expiresAt: time,
    acceptedAt: time.nullable(),
    acceptedBy: person.nullable(),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'Invitation' });
/** A link by which one person becomes an operator. */
export type InvitationView = z.output<typeof invitationView>;

/** What an administrator says about the person whom they invite. Name and e-mail only fill in the form. */
export const invitationFields = z.object({
  role: operatorRole.default('OPERATOR'),
  name: chosenName.optional(),
  email: operatorEmail.optional(),
  teamIds: z.array(rowId).max(MAX_INVITATION_TEAMS).default([]),
});

const token = z.string().max(100).describe('The secret of the link.');

const checkedInvitation = z.object({
  role: operatorRole,
  name: z.string().nullable(),
  email: z.string().nullable(),
  invitedBy: z.string().nullable().describe('The inviter’s name; null for the first administrator.'),
});
/** What the page of an invitation shows. */
export type CheckedInvitation = z.output<typeof checkedInvitation>;

export const invitationEndpoints = {
  'GET /api/v1/invitations': {
    access: 'admin',
    summary: 'The invitations in the order of their ids, used and revoked ones included. Their secrets are not stored.',
    query: pageQuery,
    response: answer(listOf(invitationView)),
  },
  'POST /api/v1/invitations': {
    access: 'admin',
    summary:
      'Invites a person. The link works once, for 7 days, as long as its inviter is an administrator. Its secret is answered only here; it is in the fragment of the link, which browsers send to no server.',
    body: json(invitationFields),
    response: answer(z.object({ invitation: invitationView, token, link: z.string() }), 201),
  },
  'DELETE /api/v1/invitations/{id}': {
    access: 'admin',
    summary: 'Revokes an invitation. 409 `conflict` when it has been used.',
    response: answer(z.object({})),
  },
  'POST /api/v1/invitations/check': {
    access: 'anyone',
    summary: 'What the page of a link shows. 404 when the link is unknown, expired or revoked, 409 `conflict` when it has been used.',
    body: json(z.object({ token })),
    response: answer(checkedInvitation),
  },
  'POST /api/v1/invitations/accept': {
    access: 'anyone',
    summary:
      'Creates the account of the person who was invited, and uses up the link. It signs nobody in. Errors as `check`; 409 `conflict` also when there is an operator with that e-mail.',
    body: json(z.object({ token, name: text(200), email: text(400), password: text(400) })),
    response: answer(z.object({ operatorId: z.int() })),
  },
} as const satisfies Record<EndpointKey, Endpoint>;
