import type { Effects } from '../platform/effects.ts';
import { retrying } from '../platform/retrying.ts';

/** Attempts to fetch older messages before the caller gets the error: they take some seconds together. */
const ATTEMPTS = 5;

/** Fetches older messages, one page at a time. */
export class OlderPages {
  readonly #effects: Effects;
  readonly #onChange: () => void;
  #loading: Promise<void> | undefined;

  constructor(effects: Effects, onChange: () => void) {
    this.#effects = effects;
    this.#onChange = onChange;
  }

  isLoading(): boolean {
    return this.#loading !== undefined;
  }

  /** Resolves when the page has been loaded; a call during a load waits for that load. */
  load(fetch: () => Promise<void>): Promise<void> {
    this.#loading ??= retrying(this.#effects, fetch, { attempts: ATTEMPTS }).finally(() => {
      this.#loading = undefined;
      this.#onChange();
    });
    this.#onChange();
    return this.#loading;
  }
}
