import { readPage } from '@switchboard/chat';
import type { NewMessage, SaveMessagesResponse } from '@switchboard/protocol';

import { actorOf, type KnownCaller } from '../authenticate.ts';
import type { HttpRequest } from '../../parts/http/http-request.ts';
import { loggingSave } from '../../parts/saving/log-save.ts';
import type { Services } from '../../services/services.ts';
import { idOf } from '../path-id.ts';
import { route } from '../route.ts';
import { saveWithinQuota } from '../visitor-quota.ts';

/** Saves messages: 200 means committed. */
export const saveMessages = route('POST /api/chat/messages', {
  limit: 'saves',
  async handle({ body, ...call }) {
    return await save(call, body.messages);
  },
});

/** Saves a message of an operator to the conversation that the path names. */
export const sendMessage = route('POST /api/v1/conversations/{id}/messages', {
  limit: 'saves',
  async handle({ body, params, ...call }) {
    const { messages } = await save(call, [{ ...body, clientId: idOf(params), senderType: 'OPERATOR' }]);
    const [saved] = messages;
    if (saved === undefined) throw new Error('The message was saved without an answer.');
    return saved;
  },
});

interface Saving {
  readonly request: HttpRequest;
  readonly services: Services;
  readonly caller: KnownCaller;
  readonly requestId: string;
}

async function save({ request, services, caller, requestId }: Saving, messages: NewMessage[]): Promise<SaveMessagesResponse> {
  const { saver, afterCommit, log } = services;
  const storing = { request, services, caller };
  const saving = async () => await saveWithinQuota(storing, messages, async () => await saver.save(actorOf(caller), messages));
  return afterCommit(await loggingSave(log, requestId, messages, saving));
}

/** One page of one conversation. */
export const readMessages = route('GET /api/chat/messages', {
  async handle({ services: { chat }, caller, query }) {
    return await readPage(chat, actorOf(caller), query);
  },
});

/** One page of the conversation that the path names. */
export const readConversationMessages = route('GET /api/v1/conversations/{id}/messages', {
  async handle({ services: { chat }, caller, query, params }) {
    return await readPage(chat, actorOf(caller), { ...query, clientId: idOf(params) });
  },
});
