import { TYPING_IDLE_MS, TYPING_REPEAT_MS, TYPING_TTL_MS } from '@switchboard/protocol/limits';

import type { Effects } from '../platform/effects.ts';

/** Sends the typing signal: at the first key, repeated while typing continues, and when it stops. */
export class TypingSender {
  readonly #effects: Pick<Effects, 'after'>;
  readonly #send: (isTyping: boolean) => void;
  #cancelIdle: (() => void) | undefined;
  #cancelRepeat: (() => void) | undefined;

  constructor(effects: Pick<Effects, 'after'>, send: (isTyping: boolean) => void) {
    this.#effects = effects;
    this.#send = send;
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
    this.#send(true);
    this.#cancelRepeat = this.#effects.after(TYPING_REPEAT_MS, () => this.#repeat());
  }

  #stop(): void {
    if (this.#cancelRepeat === undefined) return;
    this.#cancelRepeat();
    this.#cancelRepeat = undefined;
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    this.#send(false);
  }
}

/** Remembers who is typing on the other side, and forgets it when the signal is not repeated: a tab that crashes sends no stop signal. */
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

  /** `name`: the person who is typing; null when nobody is. */
  set(name: string | null): void {
    this.#cancel?.();
    this.#cancel = name === null ? undefined : this.#effects.after(TYPING_TTL_MS, () => this.set(null));
    if (name === this.#name) return;
    this.#name = name;
    this.#onChange();
  }
}
