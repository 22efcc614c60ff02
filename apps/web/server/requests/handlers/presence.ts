import { leavePresence, listPresence, recordPresence } from '@switchboard/chat';

import { operatorActor } from '../authenticate.ts';
import { route } from '../route.ts';

/** The operators who are online. */
export const getPresence = route('GET /api/v1/presence', {
  async handle({ services: { chat }, caller, query }) {
    return await listPresence(chat, operatorActor(caller.operator), query);
  },
});

/** The heartbeat of an open console. */
export const postPresence = route('POST /api/v1/presence', {
  async handle({ services: { chat }, caller, body }) {
    return await recordPresence(chat, operatorActor(caller.operator), body);
  },
});

/** The last page of the caller's console was closed. */
export const leave = route('POST /api/v1/presence/leave', {
  async handle({ services: { chat }, caller }) {
    await leavePresence(chat, operatorActor(caller.operator));
    return {};
  },
});
