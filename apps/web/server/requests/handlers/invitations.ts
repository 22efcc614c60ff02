import { acceptInvitation, checkInvitation, createInvitation, listInvitations, revokeInvitation } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { idOf } from '../path-id.ts';
import { route } from '../route.ts';

/** The person with the link has no account yet, also if somebody is signed in in their browser. */
const HOLDER = { kind: 'anonymous' } as const;

/** The invitations. */
export const getInvitations = route('GET /api/v1/invitations', {
  async handle({ services: { chat }, caller, query }) {
    return await listInvitations(chat, operatorActor(caller.operator), query);
  },
});

/** Invites a person. The secret is in the fragment of the link, which browsers send to no server. */
export const postInvitation = route('POST /api/v1/invitations', {
  async handle({ services: { chat, config }, caller, body }) {
    const { invitation, token } = await createInvitation(chat, operatorActor(caller.operator), body);
    return { invitation, token, link: `${config.frontendOrigins[0]}/join#${token}` };
  },
});

/** Revokes an invitation. */
export const deleteInvitation = route('DELETE /api/v1/invitations/{id}', {
  async handle({ services: { chat }, caller, params }) {
    await revokeInvitation(chat, operatorActor(caller.operator), idOf(params));
    return {};
  },
});

/** What the page of a link shows. */
export const checkLink = route('POST /api/v1/invitations/check', {
  limit: 'signInsOfAddress',
  async handle({ services: { chat }, body }) {
    return await checkInvitation(chat, HOLDER, body.token);
  },
});

/** Creates the account of the person who was invited. */
export const acceptLink = route('POST /api/v1/invitations/accept', {
  limit: 'signIns',
  async handle({ services: { chat, firstAdministrator, passwordChecks }, body }) {
    const accepted = await passwordChecks.run(async () => await acceptInvitation(chat, HOLDER, body));
    await firstAdministrator.withdraw();
    return accepted;
  },
});
