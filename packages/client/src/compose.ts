import { ChatError } from '@switchboard/protocol/errors';
import { DEFAULT_MAX_IMAGE_BYTES, IMAGE_TYPES, MAX_FILE_NAME_LENGTH, MAX_TEXT_LENGTH } from '@switchboard/protocol/limits';

import type { OutboxImage } from './outbox/entry.ts';

/** @throws ChatError `invalid_request` for a text that no server would take */
export function checkText(text: string): void {
  if (text.trim() === '') throw new ChatError('invalid_request', 'The message is empty.', { fields: { text: 'must not be empty' } });
  if (text.length > MAX_TEXT_LENGTH) {
    const fields = { text: `must have at most ${MAX_TEXT_LENGTH} characters` };
    throw new ChatError('invalid_request', `The message is longer than ${MAX_TEXT_LENGTH} characters.`, { fields });
  }
}

/**
 * The picture as the outbox keeps it.
 *
 * @throws ChatError `unsupported_type` or `too_large`
 */
export function checkImage(file: Blob, name: string): OutboxImage {
  if (!IMAGE_TYPES.some((type) => type === file.type))
    throw new ChatError('unsupported_type', 'Only PNG, JPEG, GIF and WebP images can be sent.');
  if (file.size > DEFAULT_MAX_IMAGE_BYTES) {
    throw new ChatError('too_large', `Images can have at most ${Math.floor(DEFAULT_MAX_IMAGE_BYTES / 1024 / 1024)} MB.`);
  }
  return { blob: file, url: null, name: name.slice(0, MAX_FILE_NAME_LENGTH), mimeType: file.type, width: null, height: null };
}

/** Hands out times for own messages: the server's as well as it is known, but never before what is on the screen already. */
export class SendTimes {
  #last = 0;

  /** ISO-8601. `newestShown` is the time of the last message of the conversation. */
  next(now: number, newestShown: string | undefined): string {
    const shown = newestShown === undefined ? 0 : Date.parse(newestShown);
    this.#last = Math.max(now, this.#last + 1, Number.isFinite(shown) ? shown + 1 : 0);
    return new Date(this.#last).toISOString();
  }
}
