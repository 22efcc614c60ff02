import { readPage } from '@switchboard/chat';

import { actorOf } from '../authenticate.ts';
import { loggingSave } from '../../parts/saving/log-save.ts';
import { route } from '../route.ts';
import { saveWithinQuota } from '../visitor-quota.ts';

/** Saves messages: 200 means committed. */
export const saveMessages = route('POST /api/chat/messages', {
  limit: 'saves',
  async handle({ request, services, caller, body, requestId }) {
    const { saver, afterCommit, log } = services;
    const storing = { request, services, caller };
    const saving = async () => await saveWithinQuota(storing, body.messages, async () => await saver.save(actorOf(caller), body.messages));
    return afterCommit(await loggingSave(log, requestId, body.messages, saving));
  },
});

/** One page of one conversation. */
export const readMessages = route('GET /api/chat/messages', {
  async handle({ services: { chat }, caller, query }) {
    return await readPage(chat, actorOf(caller), query);
  },
});
