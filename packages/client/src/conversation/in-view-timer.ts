import type { Effects } from '../platform/effects.ts';

/** Milliseconds that a message must stay in view to count as read. */
export const READ_MS = 1_000;

/** Reports messages that have been in view for `READ_MS` without interruption. */
export class InViewTimer {
  readonly #effects: Pick<Effects, 'after'>;
  readonly #onRead: (ids: readonly string[]) => void;
  readonly #watched = new Map<string, { gone: boolean }>();
  readonly #cancels = new Set<() => void>();

  constructor(effects: Pick<Effects, 'after'>, onRead: (ids: readonly string[]) => void) {
    this.#effects = effects;
    this.#onRead = onRead;
  }

  /** Sets which messages are in view now. */
  set(ids: readonly string[]): void {
    const now = new Set(ids);
    for (const [id, watch] of this.#watched) {
      if (now.has(id)) continue;
      watch.gone = true;
      this.#watched.delete(id);
    }
    const fresh = ids.filter((id) => !this.#watched.has(id)).map((id) => ({ id, watch: { gone: false } }));
    if (fresh.length === 0) return;
    for (const { id, watch } of fresh) this.#watched.set(id, watch);
    const cancel = this.#effects.after(READ_MS, () => {
      this.#cancels.delete(cancel);
      this.#onRead(fresh.filter(({ watch }) => !watch.gone).map(({ id }) => id));
    });
    this.#cancels.add(cancel);
  }

  close(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels.clear();
    this.#watched.clear();
  }
}
