import { ChatError } from '@switchboard/protocol/errors';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '@switchboard/protocol/limits';
import type { MessagesPage } from '@switchboard/protocol/types';

import { backoffMs } from './backoff.ts';
import type { Effects } from './effects.ts';
import type { Http } from './http.ts';
import { isBehind } from './timeline/reduce.ts';
import type { PageQuery, TimelineState } from './timeline/state.ts';

/** Fetches one page; `clientId` is for operators. */
export function fetchPage(http: Http, clientId: number | undefined, query: PageQuery): Promise<MessagesPage> {
  const search = new URLSearchParams();
  if (clientId !== undefined) search.set('clientId', String(clientId));
  if ('afterSeq' in query) search.set('afterSeq', String(query.afterSeq));
  if ('beforeSeq' in query) search.set('beforeSeq', String(query.beforeSeq));
  search.set('limit', String('afterSeq' in query ? MAX_PAGE_SIZE : DEFAULT_PAGE_SIZE));
  return http.request('GET', `/api/chat/messages?${search.toString()}`);
}

export interface CatchUpHooks {
  state(): TimelineState;
  fetch(query: PageQuery): Promise<MessagesPage>;
  onPage(query: PageQuery, page: MessagesPage): void;
  onFailure(error: unknown): void;
}

/**
 * Fetches everything after the last contiguous seq, page by page, until nothing is missing. Calls while it runs cause one more fetch after it (what
 * they were about may have been committed too late for the one under way); failures are retried for ever.
 */
export class CatchUp {
  readonly #effects: Effects;
  readonly #hooks: CatchUpHooks;
  #running = false;
  #again = false;
  #closed = false;
  #attempt = 0;
  #cancelWait: (() => void) | undefined;

  constructor(effects: Effects, hooks: CatchUpHooks) {
    this.#effects = effects;
    this.#hooks = hooks;
  }

  /** Something may have been missed. Waits for the retry that is due, unless `eager` (a person or the network came back). */
  want(eager = false): void {
    if (this.#closed) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    if (this.#cancelWait !== undefined && !eager) return;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
    void this.#run();
  }

  close(): void {
    this.#closed = true;
    this.#cancelWait?.();
    this.#cancelWait = undefined;
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      do {
        this.#again = false;
        await this.#fetchAll();
      } while (this.#again && !this.#closed);
      this.#attempt = 0;
    } catch (error) {
      this.#retryLater(error);
    } finally {
      this.#running = false;
    }
  }

  async #fetchAll(): Promise<void> {
    let more = true;
    while (more && !this.#closed) {
      const { contiguous } = this.#hooks.state();
      const query: PageQuery = contiguous === null ? { newest: true } : { afterSeq: contiguous };
      const page = await this.#hooks.fetch(query);
      if (this.#closed) return;
      this.#hooks.onPage(query, page);
      const after = this.#hooks.state().contiguous;
      // A page that brings nothing new ends it, whatever the server says: no endless loop over somebody else's mistake.
      more = after !== contiguous && (('afterSeq' in query && page.hasMore) || isBehind(this.#hooks.state()));
    }
  }

  #retryLater(error: unknown): void {
    if (this.#closed) return;
    this.#hooks.onFailure(error);
    const asked = error instanceof ChatError ? error.detail.retryAfterSeconds : undefined;
    const wait = backoffMs(this.#attempt, this.#effects.random(), asked);
    this.#attempt += 1;
    this.#effects.note('catch-up failed', error);
    this.#cancelWait = this.#effects.after(wait, () => {
      this.#cancelWait = undefined;
      void this.#run();
    });
  }
}
