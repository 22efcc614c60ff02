import { changeInbox, createInbox, listInboxes, removeInbox } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { idOf } from '../path-id.ts';
import { route } from '../route.ts';

/** The inboxes. */
export const getInboxes = route('GET /api/v1/inboxes', {
  async handle({ services: { chat }, caller, query }) {
    return await listInboxes(chat, operatorActor(caller.operator), query);
  },
});

/** Creates an inbox. */
export const postInbox = route('POST /api/v1/inboxes', {
  async handle({ services: { chat }, caller, body }) {
    return await createInbox(chat, operatorActor(caller.operator), body);
  },
});

/** Changes an inbox. */
export const patchInbox = route('PATCH /api/v1/inboxes/{id}', {
  async handle({ services: { chat }, caller, params, body }) {
    return await changeInbox(chat, operatorActor(caller.operator), idOf(params), body);
  },
});

/** Removes an inbox. */
export const deleteInbox = route('DELETE /api/v1/inboxes/{id}', {
  async handle({ services: { chat }, caller, params }) {
    await removeInbox(chat, operatorActor(caller.operator), idOf(params));
    return {};
  },
});
