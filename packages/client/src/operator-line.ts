import { ChatError } from '@switchboard/protocol/errors';
import type { PeerInputs, SaveMessagesResponse, TokenResponse } from '@switchboard/protocol/types';

import { Connection } from './connection.ts';
import type { ConnectionOptions } from './connection.ts';
import type { ConversationContext } from './conversation-context.ts';
import type { Effects } from './effects.ts';
import { createHttp } from './http.ts';
import type { Http } from './http.ts';
import type { NewEntry, OutboxEntry } from './outbox/entry.ts';
import { Outbox } from './outbox/outbox.ts';
import type { ServerClock } from './server-clock.ts';
import type { OperatorChatOptions } from './types.ts';
import { uploadImage } from './upload.ts';

/** The operator's session cookie says who asks; there is nothing to renew, only to tell that it is over. */
export function openOperatorHttp(effects: Effects, clock: ServerClock, onSignedOut: () => void): Http {
  return createHttp(effects, clock, {
    authorization: () => undefined,
    renew: () => {
      onSignedOut();
      return Promise.resolve(false);
    },
  });
}

/** What an operator's client says of a message on the relay. */
function operatorMessageOf(entry: NewEntry, to: string, operator: { id: number; name: string }): PeerInputs['operatorMessage'] {
  const base = { to, operatorId: operator.id, operatorName: operator.name, messageKey: entry.key };
  if (entry.image === null) return { ...base, type: 'text', message: entry.text };
  const { url, name, mimeType } = entry.image;
  return { ...base, type: 'image', message: entry.text, image: url, name, mimeType };
}

/** How an operator speaks to one visitor over the relay. Without an address (the visitor never had one) there is nobody to speak to. */
export function speakAsOperator(
  connection: Connection,
  operator: { readonly id: number; readonly name: string },
  address: () => string | null,
): Pick<ConversationContext, 'relay' | 'tellTyping'> {
  return {
    relay: async (entry) => {
      const to = address();
      return to === null ? null : connection.send('operatorMessage', operatorMessageOf(entry, to, operator));
    },
    tellTyping: (isTyping) => {
      const to = address();
      if (to !== null) connection.signal('operatorTyping', { to, isTyping, operatorName: operator.name });
    },
  };
}

/** The outbox of one operator: its own messages, and those it saves on visitors' behalf. */
export function openOperatorOutbox(effects: Effects, http: Http, operatorId: number, onUploaded: (entry: OutboxEntry) => void): Outbox {
  const outbox = new Outbox(effects, {
    owner: `operator:${operatorId}`,
    asOperator: true,
    save: async (messages) => {
      const answer = await http.request<SaveMessagesResponse>('POST', '/api/chat/messages', { messages });
      http.timings.saved(messages);
      return answer.messages;
    },
    upload: (entry, onProgress) => {
      const { image, clientId } = entry;
      if (image?.blob == null) return Promise.reject(new ChatError('invalid_request', 'The picture is not there any more.'));
      return uploadImage(effects, http, { blob: image.blob, name: image.name, clientId }, onProgress);
    },
    onUploaded,
  });
  http.timings.watch(outbox);
  return outbox;
}

/** The operator's socket: each connection with a fresh token, which lives ten minutes at most. */
export function openOperatorConnection(
  effects: Effects,
  clock: ServerClock,
  http: Http,
  options: OperatorChatOptions,
  more: { handlers: ConnectionOptions['handlers']; onToken(): void },
): Connection {
  const { relay, operator } = options;
  return new Connection(effects, clock, {
    relay,
    token: async () => {
      const { token } = await http.request<TokenResponse>('POST', '/api/chat/token', {});
      more.onToken();
      return token;
    },
    join: () => ({ role: 'operator', name: operator.name, operatorId: operator.id }),
    handlers: more.handlers,
  });
}
