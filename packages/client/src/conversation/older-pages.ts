import type { Effects } from '../platform/effects.ts';
import { retrying } from '../platform/retrying.ts';

/** How often older messages are asked for before the caller is told of the failure: that takes some seconds. */
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

  /** Resolves when the page is here, of this call or of one before. */
  load(fetch: () => Promise<void>): Promise<void> {
    this.#loading ??= retrying(this.#effects, fetch, { attempts: ATTEMPTS }).finally(() => {
      this.#loading = undefined;
      this.#onChange();
    });
    this.#onChange();
    return this.#loading;
  }
}
