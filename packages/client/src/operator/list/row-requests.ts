import { MAX_CHATS_BY_ID } from '@switchboard/protocol/limits';

import type { Effects } from '../../platform/effects.ts';
import { RetryingTask } from '../../platform/retrying-task.ts';

/** Rows that are asked for within this time, in milliseconds, become one request. It is spread, because all consoles hear of a change at once. */
const COLLECT_MS = 200;
const SPREAD_MS = 300;
/** The same when a person waits for the row. */
const AWAITED_MS = 30;

/** Rows to ask for. */
export interface RowQuery {
  readonly ids?: readonly number[];
  readonly addresses?: readonly string[];
}

/** Collects the conversations whose rows are wanted, and fetches them together. Repeats a failed request until it succeeds. */
export class RowRequests {
  readonly #effects: Effects;
  readonly #fetching: RetryingTask;
  readonly #ids = new Set<number>();
  readonly #addresses = new Set<string>();
  #waiters: { readonly address: string; readonly resolve: () => void }[] = [];

  /** @param done called when no row is wanted any more; it is called again when it fails */
  constructor(effects: Effects, fetch: (query: RowQuery) => Promise<void>, done: () => Promise<void>) {
    this.#effects = effects;
    this.#fetching = new RetryingTask(effects, {
      work: async () => {
        while (this.#ids.size > 0) await this.#ask('ids', this.#ids, fetch);
        while (this.#addresses.size > 0) await this.#ask('addresses', this.#addresses, fetch);
        await done();
      },
      onFailure: (error) => effects.note('rows not fetched', error),
      page: effects.page,
    });
  }

  /** Fetches a row soon; `isAwaited`: a person waits for it. */
  want(clientId: number, isAwaited = false): void {
    this.#ids.add(clientId);
    if (isAwaited) this.#fetching.triggerWithin(AWAITED_MS);
    else this.finishLater();
  }

  /** Calls `done` soon, after the rows that are wanted by then. */
  finishLater(): void {
    this.#fetching.triggerWithin(COLLECT_MS + this.#effects.random() * SPREAD_MS);
  }

  /** Fetches a row by address soon. Resolves once a request that began after this call has been answered. */
  wantAddress(address: string): Promise<void> {
    this.#addresses.add(address);
    this.#fetching.triggerWithin(AWAITED_MS);
    return new Promise((resolve) => {
      this.#waiters.push({ address, resolve });
    });
  }

  close(): void {
    this.#fetching.close();
  }

  async #ask<T extends number | string>(
    what: 'ids' | 'addresses',
    wanted: Set<T>,
    fetch: (query: RowQuery) => Promise<void>,
  ): Promise<void> {
    const asked = [...wanted].slice(0, MAX_CHATS_BY_ID);
    for (const one of asked) wanted.delete(one);
    const among = new Set<number | string>(asked);
    const served = what === 'addresses' ? this.#waiters.filter(({ address }) => among.has(address)) : [];
    this.#waiters = this.#waiters.filter((waiter) => !served.includes(waiter));
    try {
      await fetch({ [what]: asked });
    } catch (error) {
      for (const one of asked) wanted.add(one);
      this.#waiters.push(...served);
      throw error;
    }
    for (const { resolve } of served) resolve();
  }
}
