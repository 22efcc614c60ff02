import { changeCannedReply, createCannedReply, listCannedReplies, removeCannedReply } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { idOf } from '../path-id.ts';
import { route } from '../route.ts';

/** A page of the canned replies that the caller may use. */
export const readCannedReplies = route('GET /api/v1/canned-replies', {
  async handle({ services: { chat }, caller, query }) {
    return await listCannedReplies(chat, operatorActor(caller.operator), query);
  },
});

/** Adds a canned reply. */
export const addCannedReply = route('POST /api/v1/canned-replies', {
  async handle({ services: { chat }, caller, body }) {
    return await createCannedReply(chat, operatorActor(caller.operator), body);
  },
});

/** Changes a canned reply. */
export const editCannedReply = route('PATCH /api/v1/canned-replies/{id}', {
  async handle({ services: { chat }, caller, params, body }) {
    return await changeCannedReply(chat, operatorActor(caller.operator), { replyId: idOf(params), ...body });
  },
});

/** Removes a canned reply. */
export const deleteCannedReply = route('DELETE /api/v1/canned-replies/{id}', {
  async handle({ services: { chat }, caller, params }) {
    await removeCannedReply(chat, operatorActor(caller.operator), { replyId: idOf(params) });
    return {};
  },
});
