import { MAX_PAGE_SIZE } from '@switchboard/protocol/limits';

import type { Effects } from '../platform/effects.ts';

/** Milliseconds during which requests for several pictures are collected into one. */
const GATHER_MS = 50;

/**
 * Fetches new URLs for pictures whose signed URLs have expired: a URL is valid for a day or two, and a console may stay open for weeks. A failed attempt is
 * not retried: the next view of the picture asks again.
 */
export class PictureRenewal {
  readonly #effects: Pick<Effects, 'after' | 'note'>;
  readonly #fetchAfter: (seq: number) => Promise<void>;
  #wanted: readonly number[] = [];
  #cancel: (() => void) | undefined;

  /** @param fetchAfter fetches the page of rows after this seq, with new URLs */
  constructor(effects: Pick<Effects, 'after' | 'note'>, fetchAfter: (seq: number) => Promise<void>) {
    this.#effects = effects;
    this.#fetchAfter = fetchAfter;
  }

  /** The picture of this row failed to load. Does nothing for a message without a number, which has no other URL. */
  want(seq: number | undefined): void {
    if (seq === undefined) return;
    this.#wanted = [...this.#wanted, seq];
    this.#cancel ??= this.#effects.after(GATHER_MS, () => void this.#renew());
  }

  close(): void {
    this.#cancel?.();
    this.#wanted = [];
  }

  async #renew(): Promise<void> {
    try {
      while (this.#wanted.length > 0) {
        const first = Math.min(...this.#wanted);
        this.#wanted = this.#wanted.filter((seq) => seq >= first + MAX_PAGE_SIZE);
        await this.#fetchAfter(first - 1);
      }
    } catch (error) {
      this.#effects.note('pictures: no new URLs', error);
      this.#wanted = [];
    } finally {
      this.#cancel = undefined;
    }
  }
}
