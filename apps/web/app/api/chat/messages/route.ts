import { readPage } from '@switchboard/chat';
import { MAX_SAVE_BATCH, MAX_TEXT_LENGTH, readMessagesQuery, saveMessagesRequest, type SaveMessagesResponse } from '@switchboard/protocol';

import { actorOf } from '../../../../server/requests/authenticate.ts';
import { loggingSave } from '../../../../server/parts/saving/log-save.ts';
import { json, OPTIONS, route } from '../../../../server/requests/route.ts';
import { saveWithinQuota } from '../../../../server/requests/visitor-quota.ts';

export { OPTIONS };

/** A message of the greatest length whose characters JSON all writes as `\u0001`, with the rest of its fields. */
const MAX_MESSAGE_BYTES = 6 * MAX_TEXT_LENGTH + 10_000;
/** A hundred of those. */
const MAX_BYTES = MAX_SAVE_BATCH * MAX_MESSAGE_BYTES;

/** Saves messages: 200 means committed. */
export const POST = route({
  route: '/api/chat/messages',
  access: 'visitor-or-operator',
  limit: 'saves',
  body: json(saveMessagesRequest, MAX_BYTES),
  async handle({ request, services, caller, body, requestId }) {
    const { saver, afterCommit, log } = services;
    const storing = { request, services, caller };
    const saving = async () => await saveWithinQuota(storing, body.messages, async () => await saver.save(actorOf(caller), body.messages));
    const answer: SaveMessagesResponse = afterCommit(await loggingSave(log, requestId, body.messages, saving));
    return Response.json(answer);
  },
});

/** One page of one conversation. */
export const GET = route({
  route: '/api/chat/messages',
  access: 'visitor-or-operator',
  query: readMessagesQuery,
  async handle({ services: { chat }, caller, query }) {
    return Response.json(await readPage(chat, actorOf(caller), query));
  },
});
