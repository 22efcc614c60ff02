import { ChatError } from '@switchboard/protocol/errors';
import type { PeerInputs } from '@switchboard/protocol/types';

import type { ConversationContext } from '../conversation/context.ts';
import type { OperatorChatOptions } from '../model/types.ts';
import { fileOf } from '../outbox/entry.ts';
import type { NewEntry, OutboxEntry } from '../outbox/entry.ts';
import { Outbox } from '../outbox/outbox.ts';
import type { Effects } from '../platform/effects.ts';
import type { ServerClock } from '../platform/server-clock.ts';
import { Connection } from '../transport/connection.ts';
import type { ConnectionOptions } from '../transport/connection.ts';
import { createHttp } from '../transport/http.ts';
import type { Http } from '../transport/http.ts';
import { relayedFields } from '../transport/relayed-picture.ts';
import { uploadImage } from '../transport/upload.ts';
import { OperatorSession } from './operator-session.ts';

/** How this page's operator reaches the server. */
export interface OperatorAccess {
  readonly http: Http;
  readonly session: OperatorSession;
  readonly operatorId: number;
}

/**
 * The session of this page's operator, and the door to the server that speaks for them alone. The cookie says who is signed in, the header whom the page
 * belongs to; there is nothing to renew, only to find out whose the session is now.
 */
export function openOperatorAccess(effects: Effects, clock: ServerClock, operatorId: number): OperatorAccess {
  // Names nobody: it asks whom the cookie belongs to, and nothing else. The token that the answer brings is not used.
  const anybody = createHttp(effects, clock, { headers: () => ({}), renew: () => Promise.resolve(false) });
  const session = new OperatorSession(effects, operatorId, async () => {
    try {
      return (await anybody.request('POST /api/chat/token')).operatorId ?? Number.NaN;
    } catch (error) {
      if (error instanceof ChatError && error.code === 'unauthenticated') return undefined;
      throw error;
    }
  });
  const http = createHttp(effects, clock, {
    headers: () => session.headers(),
    renew: () => session.refused(),
    accepted: () => session.accepted(),
  });
  return { http, session, operatorId };
}

/** What an operator's client says of a message on the relay. */
function operatorMessageOf(
  entry: NewEntry,
  to: string,
  operator: { id: number; name: string },
  origin: string,
): PeerInputs['operatorMessage'] {
  return {
    ...relayedFields(entry.body, origin),
    to,
    operatorId: operator.id,
    operatorName: operator.name,
    messageKey: entry.key,
  };
}

/** How an operator speaks to one visitor over the relay. Without an address (the visitor never had one) there is nobody to speak to. */
export function speakAsOperator(
  connection: Connection,
  operator: { readonly id: number; readonly name: string },
  origin: string,
  address: () => string | null,
): Pick<ConversationContext, 'relay' | 'sendTyping'> {
  return {
    relay: async (entry) => {
      const to = address();
      return to === null ? null : connection.send('operatorMessage', operatorMessageOf(entry, to, operator, origin));
    },
    sendTyping: (isTyping) => {
      const to = address();
      if (to !== null) connection.signal('operatorTyping', { to, isTyping, operatorName: operator.name });
    },
  };
}

/** The outbox of one operator: its own messages, and those it saves on visitors' behalf. */
export function openOperatorOutbox(
  effects: Effects,
  { http, session, operatorId }: OperatorAccess,
  onUploaded: (entry: OutboxEntry) => void,
): Outbox {
  const outbox = new Outbox(effects, {
    owner: `operator:${operatorId}`,
    asOperator: true,
    save: async (messages) => {
      session.assertOwn();
      const answer = await http.request('POST /api/chat/messages', { body: { messages } });
      http.timings.saved(messages);
      return answer.messages;
    },
    upload: async (entry, onProgress, signal) => {
      const { clientId, key } = entry;
      const file = fileOf(entry);
      session.assertOwn();
      if (file?.blob == null) throw new ChatError('invalid_request', 'The picture is gone.', { fields: { picture: 'is gone' } });
      return await uploadImage(effects, http, { blob: file.blob, name: file.name, clientId, uploadKey: key, signal }, onProgress);
    },
    onUploaded,
  });
  // As soon as this operator is signed in again, what waits for that goes out.
  session.onChange(() => outbox.kick(true));
  http.timings.watch(outbox);
  return outbox;
}

/** The operator's socket: each connection with a fresh token, which lives ten minutes at most. */
export function openOperatorConnection(
  effects: Effects,
  clock: ServerClock,
  { http, session }: OperatorAccess,
  options: OperatorChatOptions,
  handlers: ConnectionOptions['handlers'],
): Connection {
  const { relay, operator } = options;
  const connection = new Connection(effects, clock, {
    relay,
    token: async () => {
      const { token, operatorId } = await http.request('POST /api/chat/token');
      session.checkToken(operatorId);
      return token;
    },
    join: () => ({ role: 'operator', name: operator.name, operatorId: operator.id }),
    handlers,
  });
  // Nothing is said on the relay under a name that is not signed in here any more.
  session.onChange(() => (session.holder() === 'own' ? connection.resume() : connection.suspend()));
  return connection;
}
