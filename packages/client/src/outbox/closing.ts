import type { Effects } from '../platform/effects.ts';

/** The most milliseconds that ending a conversation may take: a tab that crashes meanwhile must not block the others for longer. */
const CLOSING_MS = 30_000;

/** Whether a tab is ending the conversation now: new messages are refused meanwhile. */
export class Closing {
  readonly #effects: Pick<Effects, 'after'>;
  readonly #onChange: () => void;
  #cancel: (() => void) | undefined;
  /** This tab is the one that ends it. */
  #own = false;

  constructor(effects: Pick<Effects, 'after'>, onChange: () => void) {
    this.#effects = effects;
    this.#onChange = onChange;
  }

  isClosing(): boolean {
    return this.#cancel !== undefined;
  }

  isOwn(): boolean {
    return this.#own;
  }

  /** `own`: by this tab. */
  set(closing: boolean, own = false): void {
    this.#own = closing && own;
    const before = this.isClosing();
    this.#cancel?.();
    this.#cancel = closing ? this.#effects.after(CLOSING_MS, () => this.set(false)) : undefined;
    if (before !== closing) this.#onChange();
  }
}
