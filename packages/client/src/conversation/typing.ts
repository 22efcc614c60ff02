import { TYPING_IDLE_MS, TYPING_REPEAT_MS, TYPING_TTL_MS } from '@switchboard/protocol/limits';

import type { Effects } from '../platform/effects.ts';

/** Tells the other side that this one types: at once, again while it goes on, and when it stops. */
export class TypingSender {
  readonly #effects: Pick<Effects, 'after'>;
  readonly #tell: (isTyping: boolean) => void;
  #cancelIdle: (() => void) | undefined;
  #cancelRepeat: (() => void) | undefined;

  constructor(effects: Pick<Effects, 'after'>, tell: (isTyping: boolean) => void) {
    this.#effects = effects;
    this.#tell = tell;
  }

  /** A key was pressed (true), or the input is empty or left (false). */
  set(isTyping: boolean): void {
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    if (!isTyping) {
      this.#stop();
      return;
    }
    this.#cancelIdle = this.#effects.after(TYPING_IDLE_MS, () => this.#stop());
    if (this.#cancelRepeat === undefined) this.#repeat();
  }

  #repeat(): void {
    this.#tell(true);
    this.#cancelRepeat = this.#effects.after(TYPING_REPEAT_MS, () => this.#repeat());
  }

  #stop(): void {
    if (this.#cancelRepeat === undefined) return;
    this.#cancelRepeat();
    this.#cancelRepeat = undefined;
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    this.#tell(false);
  }
}

/** Remembers who types on the other side, and forgets it when the signal is not repeated: a tab that dies says no goodbye. */
export class TypingReceiver {
  readonly #effects: Pick<Effects, 'after'>;
  readonly #onChange: () => void;
  #name: string | null = null;
  #cancel: (() => void) | undefined;

  constructor(effects: Pick<Effects, 'after'>, onChange: () => void) {
    this.#effects = effects;
    this.#onChange = onChange;
  }

  name(): string | null {
    return this.#name;
  }

  /** `name` of who types; null when nobody does any more. */
  set(name: string | null): void {
    this.#cancel?.();
    this.#cancel = name === null ? undefined : this.#effects.after(TYPING_TTL_MS, () => this.set(null));
    if (name === this.#name) return;
    this.#name = name;
    this.#onChange();
  }
}
