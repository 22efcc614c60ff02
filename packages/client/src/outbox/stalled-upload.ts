import { ChatError } from '@switchboard/protocol/errors';

import { isSignedOut } from '../model/errors.ts';
import type { Effects } from '../platform/effects.ts';

/**
 * A picture is set aside after this many failed uploads, over at least this many milliseconds, during which the server answered other requests: later
 * messages must not wait forever. While the server answers nothing, the picture is not the cause, and all messages keep their order.
 */
const MAX_TRIES = 3;
const MIN_MS = 20_000;

/** The reason for setting a picture aside. */
export const STALLED = new ChatError('unavailable', 'The upload is stuck.', {
  fields: { picture: 'does not get through' },
});

/** Detects that the picture at the head of a queue fails while other requests succeed. */
export class StalledUpload {
  readonly #effects: Pick<Effects, 'now'>;
  /** Failed uploads of one picture while the server answered: since when, in milliseconds since 1970, and the number of answers at the last failure. */
  #failing: { readonly order: number; readonly since: number; tries: number; answers: number } | undefined;

  constructor(effects: Pick<Effects, 'now'>) {
    this.#effects = effects;
  }

  /** A picture was uploaded. */
  clear(): void {
    this.#failing = undefined;
  }

  /**
   * An upload has failed. Returns whether to set the picture aside.
   *
   * @param order the entry's position in the outbox
   * @param answersBefore number of answers to other requests when the upload began
   * @param answers the same number now
   */
  noteFailure(order: number, error: unknown, answersBefore: number, answers: number): boolean {
    if (isSignedOut(error) || (error instanceof ChatError && error.code === 'rate_limited')) return false;
    const now = this.#effects.now();
    if (this.#failing?.order !== order) this.#failing = { order, since: now, tries: 0, answers: answersBefore };
    if (answers > this.#failing.answers) this.#failing.tries += 1;
    this.#failing.answers = answers;
    return this.#failing.tries >= MAX_TRIES && now - this.#failing.since >= MIN_MS;
  }
}
