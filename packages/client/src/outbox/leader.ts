import type { Effects } from '../platform/effects.ts';

/** One tab of several leads: it alone sends. */
export interface Leadership {
  isLeader(): boolean;
  /** Takes the lead from a tab that does not answer (browsers put hidden tabs to sleep with their locks). */
  takeOver(): void;
  close(): void;
}

/** Milliseconds within which a leading tab answers; otherwise it is asleep and another takes over. */
const LEADER_ANSWER_MS = 3_000;

/** A tab's question whether anybody leads; it takes over when nobody answers. */
export class LeaderTimeout {
  readonly #effects: Pick<Effects, 'after'>;
  #cancel: (() => void) | undefined;

  constructor(effects: Pick<Effects, 'after'>) {
    this.#effects = effects;
  }

  /** The tabs have been asked. */
  start(leadership: Leadership | undefined): void {
    if (leadership === undefined || leadership.isLeader()) return;
    this.#cancel ??= this.#effects.after(LEADER_ANSWER_MS, () => {
      this.#cancel = undefined;
      leadership.takeOver();
    });
  }

  /** The leading tab has answered, or it does not matter any more. */
  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

/**
 * Stands for election under `name`; calls `onChange` when this tab begins to stand, to lead, or to lead no more. A page that is put away gives the lead
 * up, so that the browser can keep it for the way back, and stands again when it returns. Without Web Locks (plain http, old browsers) every tab leads: they may send the
 * same message twice then, which the server answers with the first row.
 */
export function joinElection(effects: Effects, name: string, onChange: () => void): Leadership {
  const locks = effects.locks;
  /** Aborted while the page is put away and after `close`. */
  let candidacy = new AbortController();
  let leading = false;

  function hold({ signal }: AbortController): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    leading = true;
    onChange();
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve());
    });
  }

  function lead(): void {
    if (leading || candidacy.signal.aborted) return;
    leading = true;
    onChange();
  }

  async function queue(options: LockOptions): Promise<void> {
    if (locks === undefined) return;
    const mine = candidacy;
    try {
      await locks.request(name, options, () => hold(mine));
    } catch (error) {
      if (mine.signal.aborted) return;
      const wasLeading = leading;
      leading = false;
      effects.note('outbox: lost the lead', error);
      if (wasLeading || options.steal === true) {
        // Another tab took over: line up again behind it.
        onChange();
        await queue({ signal: mine.signal });
      } else {
        // Locks that refuse altogether (a sandboxed page): act alone rather than never.
        lead();
      }
    }
  }

  function stand(): void {
    onChange();
    if (locks === undefined) queueMicrotask(lead);
    else void queue({ signal: candidacy.signal });
  }

  function giveUp(): void {
    candidacy.abort();
    leading = false;
  }

  stand();
  const stopPage = [
    // Without locks there is nothing to give up.
    effects.page.onPutAway(() => {
      if (locks !== undefined) giveUp();
    }),
    effects.page.onReturn(() => {
      if (!candidacy.signal.aborted) return;
      candidacy = new AbortController();
      stand();
    }),
  ];

  return {
    isLeader: () => leading,
    takeOver() {
      if (leading || candidacy.signal.aborted) return;
      if (locks === undefined) lead();
      else void queue({ steal: true });
    },
    close() {
      for (const stop of stopPage) stop();
      giveUp();
    },
  };
}
