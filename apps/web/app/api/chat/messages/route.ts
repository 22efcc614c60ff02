import { readPage } from '@switchboard/chat';
import { readMessagesQuery, saveMessagesRequest, type SaveMessagesResponse } from '@switchboard/protocol';

import { actorOf } from '../../../../server/authenticate.ts';
import { loggingSave } from '../../../../server/log-save.ts';
import { json, OPTIONS, route } from '../../../../server/route.ts';

export { OPTIONS };

/** A hundred messages of the greatest length, with characters that JSON writes long. */
const MAX_BYTES = 8 * 1024 * 1024;

/** Saves messages: 200 means committed. */
export const POST = route({
  route: '/api/chat/messages',
  access: 'visitor-or-operator',
  limit: 'saves',
  body: json(saveMessagesRequest, MAX_BYTES),
  async handle({ services: { saver, hints, log }, caller, body, requestId }) {
    const saving = async () => await saver.save(actorOf(caller), body.messages);
    const { messages, changed } = await loggingSave(log, requestId, body.messages, saving);
    for (const { address, lastSeq } of changed)
      if (address !== null) hints.send({ event: 'conversationChanged', clientId: address, lastSeq });
    const answer: SaveMessagesResponse = { messages };
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
