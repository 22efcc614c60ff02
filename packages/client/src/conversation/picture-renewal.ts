import { MAX_PAGE_SIZE } from '@switchboard/protocol/limits';

import type { Effects } from '../platform/effects.ts';

/** Milliseconds in which several pictures become one request. */
const GATHER_MS = 50;

/**
 * Gets fresh addresses for pictures whose own have run out: one is good for a day or two, and a console stays open for weeks. A failed attempt is not
 * repeated: whoever looks at the picture again asks again.
 */
export class PictureRenewal {
  readonly #effects: Pick<Effects, 'after' | 'note'>;
  readonly #fetchAfter: (seq: number) => Promise<void>;
  #wanted: readonly number[] = [];
  #cancel: (() => void) | undefined;

  /** @param fetchAfter takes in a page of the rows after this one, with fresh addresses */
  constructor(effects: Pick<Effects, 'after' | 'note'>, fetchAfter: (seq: number) => Promise<void>) {
    this.#effects = effects;
    this.#fetchAfter = fetchAfter;
  }

  /** The picture of this row can't be loaded; of what has no number there is no other address. */
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
      this.#effects.note('pictures: no fresh addresses', error);
      this.#wanted = [];
    } finally {
      this.#cancel = undefined;
    }
  }
}
