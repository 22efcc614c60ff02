import { ChatError } from '@switchboard/protocol/errors';

import { fileOf } from '../outbox/entry.ts';
import type { OutboxEntry } from '../outbox/entry.ts';
import { Outbox } from '../outbox/outbox.ts';
import { uploadImage } from '../transport/upload.ts';
import type { OperatorContext } from './operator-context.ts';

/** The outbox of one operator: their own messages, and those that this console saves on visitors' behalf. */
export function openOperatorOutbox(
  { effects, http, session, operator }: OperatorContext,
  onUploaded: (entry: OutboxEntry) => void,
): Outbox {
  const outbox = new Outbox(effects, {
    owner: `operator:${operator.id}`,
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
  // As soon as this operator is signed in again, waiting messages are sent.
  session.onChange(() => outbox.kick(true));
  http.timings.watch(outbox);
  return outbox;
}
