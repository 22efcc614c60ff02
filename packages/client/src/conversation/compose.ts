import { ChatError } from '@switchboard/protocol/errors';
import { DEFAULT_MAX_IMAGE_BYTES, IMAGE_TYPES, MAX_FILE_NAME_LENGTH, MAX_TEXT_LENGTH } from '@switchboard/protocol/limits';
import { isVisible } from '@switchboard/protocol/visible';

import type { ImageDetails, TimelineMessage } from '../model/types.ts';
import type { NewEntry, OutboxImage } from '../outbox/entry.ts';
import { ProblemError, tooLarge } from '../model/problem.ts';
import type { ConversationContext } from './context.ts';

/** Removes NUL characters: PostgreSQL does not accept them, and they are invisible. */
export function withoutNul(text: string): string {
  return text.replaceAll('\u0000', '');
}

/**
 * The text as it can be saved: without NUL characters.
 *
 * @throws ChatError `invalid_request` for a text that the server would refuse
 */
export function cleanText(given: string): string {
  const text = withoutNul(given);
  if (!isVisible(text)) throw new ChatError('invalid_request', 'The message is empty.', { fields: { text: 'must not be empty' } });
  if (text.length > MAX_TEXT_LENGTH) {
    const fields = { text: `must have at most ${MAX_TEXT_LENGTH} characters` };
    throw new ChatError('invalid_request', `The message is longer than ${MAX_TEXT_LENGTH} characters.`, { fields });
  }
  return text;
}

/**
 * The picture as the outbox stores it.
 *
 * @throws ProblemError `not_a_picture` or `picture_too_large`
 */
function checkImage(file: Blob, name: string, maxBytes: number, { width, height }: ImageDetails): OutboxImage {
  if (!IMAGE_TYPES.some((type) => type === file.type)) throw new ProblemError({ key: 'not_a_picture' });
  if (file.size > maxBytes) throw new ProblemError(tooLarge(undefined, file.size, maxBytes));
  const shortName = name.slice(0, MAX_FILE_NAME_LENGTH);
  return { blob: file, url: null, name: shortName, mimeType: file.type, width: width ?? null, height: height ?? null };
}

type Context = Pick<ConversationContext, 'clientId' | 'sessionId' | 'side' | 'clock' | 'effects' | 'maxImageBytes'>;

/** Creates outbox entries for this person's messages in one conversation. */
export class NewEntries {
  readonly maxImageBytes: number;
  readonly #context: Context;
  #last = 0;

  constructor(context: Context) {
    this.#context = context;
    this.maxImageBytes = context.maxImageBytes ?? DEFAULT_MAX_IMAGE_BYTES;
  }

  /**
   * @param newestShown the last message of the conversation
   * @throws ChatError as `cleanText` does
   */
  text(text: string, newestShown: TimelineMessage | undefined): NewEntry {
    return this.#make({ type: 'text', text: cleanText(text) }, newestShown);
  }

  /**
   * @param newestShown the last message of the conversation
   * @throws ChatError as `checkImage` and `cleanText` do
   */
  image(file: Blob, name: string, details: ImageDetails, newestShown: TimelineMessage | undefined): NewEntry {
    const { text = '' } = details;
    const image = checkImage(file, name, this.maxImageBytes, details);
    return this.#make({ type: 'image', image, text: text.trim() === '' ? null : cleanText(text) }, newestShown);
  }

  /** Whether this message may get this later time: only while it is the newest one. Messages that are created afterward get later times. */
  allowsTime({ createdAt }: Pick<NewEntry, 'createdAt'>, timestamp: string): boolean {
    const at = Date.parse(timestamp);
    if (Date.parse(createdAt) < this.#last || !Number.isFinite(at)) return false;
    this.#last = Math.max(this.#last, at);
    return true;
  }

  #make(body: NewEntry['body'], newestShown: TimelineMessage | undefined): NewEntry {
    const { clientId, sessionId, side, effects } = this.#context;
    const senderType = side.kind === 'client' ? 'CLIENT' : 'OPERATOR';
    return {
      body,
      key: effects.uuid(),
      clientId,
      sessionId,
      senderType,
      clientSocketId: null,
      createdAt: this.#now(newestShown?.createdAt),
    };
  }

  /** The best estimate of the server's time, but later than every message on the screen. ISO-8601. */
  #now(newestShown: string | undefined): string {
    const shown = newestShown === undefined ? 0 : Date.parse(newestShown);
    this.#last = Math.max(this.#context.clock.now(), this.#last + 1, Number.isFinite(shown) ? shown + 1 : 0);
    return new Date(this.#last).toISOString();
  }
}

/** Whether this person's message keeps its position with this time: a late timestamp must not move it behind messages that they sent after it. */
function keepsPosition(shown: readonly TimelineMessage[], { key }: Pick<NewEntry, 'key'>, timestamp: string): boolean {
  const own = shown.filter((message) => message.own);
  const at = own.findIndex((message) => message.key === key);
  return at === own.length - 1 && (own[at - 1]?.createdAt ?? '') < timestamp;
}

/**
 * Sends a stored message over the relay, and uses the relay's timestamp for the message unless that would change its position.
 *
 * @param shown returns the messages on the screen when the relay answers
 * @param made this person's messages in the conversation, including those that are not on the screen yet
 */
export async function relayAndStamp(
  { relay, http, outbox }: Pick<ConversationContext, 'relay' | 'http' | 'outbox'>,
  entry: NewEntry,
  shown: () => readonly TimelineMessage[],
  made: Pick<NewEntries, 'allowsTime'>,
): Promise<void> {
  const answer = await relay(entry);
  if (answer?.ok !== true) return;
  http.timings.relayed(entry);
  if (keepsPosition(shown(), entry, answer.timestamp) && made.allowsTime(entry, answer.timestamp))
    await outbox.stamp(entry, answer.timestamp);
}
