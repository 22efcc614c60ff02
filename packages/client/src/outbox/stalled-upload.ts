import { ChatError } from '@switchboard/protocol/errors';

import { isSignedOut } from '../model/errors.ts';
import type { Effects } from '../platform/effects.ts';

/**
 * A picture that has failed this often, though the server answered other requests meanwhile, and for at least this many milliseconds, is set aside: what
 * was sent after it must not wait for ever. Where nothing gets through it is not the picture's fault, and everything keeps its order.
 */
const MAX_TRIES = 3;
const MIN_MS = 20_000;

/** Why a picture was set aside. */
export const STALLED = new ChatError('unavailable', 'The upload is stuck.', {
  fields: { picture: 'does not get through' },
});

/** Finds out whether the picture at the head of a queue is the only thing that does not get through. */
export class StalledUpload {
  readonly #effects: Pick<Effects, 'now'>;
  /** Failed tries of one picture while the server answered: since when, in milliseconds since 1970, and how many answers there were at the last. */
  #failing: { readonly order: number; readonly since: number; tries: number; answers: number } | undefined;

  constructor(effects: Pick<Effects, 'now'>) {
    this.#effects = effects;
  }

  /** A picture is up. */
  clear(): void {
    this.#failing = undefined;
  }

  /**
   * A try has failed. Returns whether the picture is to be set aside.
   *
   * @param order the entry's place in the outbox
   * @param answersBefore answers of the server to other requests, when the try began
   * @param answers the same now
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
