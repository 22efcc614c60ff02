import type { Effects } from '../platform/effects.ts';

/** Leader election among tabs: only the leader sends. */
export interface Leadership {
  isLeader(): boolean;
  /** Takes the lead from a leader that does not respond: browsers may freeze a hidden tab that holds the lock. */
  takeOver(): void;
  close(): void;
}

/** Milliseconds within which the leader must answer; otherwise it is considered frozen and another tab takes over. */
const LEADER_ANSWER_MS = 3_000;

/** The timeout of a request to the leader: when it expires without an answer, this tab takes over. */
export class LeaderTimeout {
  readonly #effects: Pick<Effects, 'after'>;
  #cancel: (() => void) | undefined;

  constructor(effects: Pick<Effects, 'after'>) {
    this.#effects = effects;
  }

  /** Starts the timeout, unless this tab is the leader: the other tabs have just been asked. */
  start(leadership: Leadership | undefined): void {
    if (leadership === undefined || leadership.isLeader()) return;
    this.#cancel ??= this.#effects.after(LEADER_ANSWER_MS, () => {
      this.#cancel = undefined;
      leadership.takeOver();
    });
  }

  /** Stops the timeout: the leader has answered, or the outbox is closed. */
  cancel(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}

/**
 * Joins the leader election called `name`. Calls `onChange` when this tab joins, becomes the leader, or stops being the leader. A page that enters the
 * back/forward cache leaves the election, because browsers do not cache a page that holds a lock, and joins again when it returns. Without Web Locks (plain
 * http, old browsers) every tab is a leader: they may send the same message twice, and the server answers both with the first row.
 */
export function joinElection(effects: Effects, name: string, onChange: () => void): Leadership {
  const locks = effects.locks;
  /** Aborted while the page is in the back/forward cache and after `close`. */
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
        // Another tab took over: join the queue behind it.
        onChange();
        await queue({ signal: mine.signal });
      } else {
        // Locks are not available at all (a sandboxed page): send without a lock rather than never.
        lead();
      }
    }
  }

  function join(): void {
    onChange();
    if (locks === undefined) queueMicrotask(lead);
    else void queue({ signal: candidacy.signal });
  }

  function leave(): void {
    candidacy.abort();
    leading = false;
  }

  join();
  const stopPage = [
    // Without locks there is nothing to release.
    effects.page.onPageHide(() => {
      if (locks !== undefined) leave();
    }),
    effects.page.onPageRestore(() => {
      if (!candidacy.signal.aborted) return;
      candidacy = new AbortController();
      join();
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
      leave();
    },
  };
}
