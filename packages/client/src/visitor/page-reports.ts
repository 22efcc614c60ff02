import { PAGE_REPORT_MS } from '@switchboard/protocol/limits';

import { EarliestTimer } from '../platform/earliest-timer.ts';
import type { Effects } from '../platform/effects.ts';
import type { ServerClock } from '../platform/server-clock.ts';

/** Milliseconds from a change to its report, so that a page which sets its address several times over is one page. */
const SETTLE_MS = 300;
/** Milliseconds between two reports at least, whatever the host page does to its address. */
const PAUSE_MS = 5_000;

/** A page of the host site, and since when the visitor has been on it, ISO-8601. */
export interface VisitorPage {
  readonly url: string;
  readonly at: string;
}

/** Tells the server which page of the host site the visitor is on, while the visitor may be looking at it. */
export class PageReports {
  readonly #effects: Effects;
  readonly #clock: ServerClock;
  readonly #report: (page: VisitorPage) => Promise<unknown>;
  readonly #stopWake: () => void;
  #page: VisitorPage | undefined;
  readonly #timer: EarliestTimer;
  /** Milliseconds since 1970, by this machine's clock. */
  #reportedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  /** @param report may reject: the next report says it all again */
  constructor(effects: Effects, clock: ServerClock, report: (page: VisitorPage) => Promise<unknown>) {
    this.#effects = effects;
    this.#clock = clock;
    this.#report = report;
    this.#timer = new EarliestTimer(effects, () => void this.#tell());
    this.#stopWake = effects.page.onWake(() => this.#plan(SETTLE_MS));
  }

  /** The visitor is on this page now. */
  set(url: string): void {
    if (url === this.#page?.url) return;
    this.#page = { url, at: new Date(this.#clock.now()).toISOString() };
    this.#plan(SETTLE_MS);
  }

  close(): void {
    this.#closed = true;
    this.#timer.cancel();
    this.#stopWake();
  }

  /** Reports in `ms` milliseconds, unless a report is due earlier; later where the last one was a moment ago. */
  #plan(ms: number): void {
    if (this.#closed || this.#page === undefined) return;
    this.#timer.within(Math.max(ms, this.#reportedAt + PAUSE_MS - this.#effects.now()));
  }

  async #tell(): Promise<void> {
    // A hidden page is not looked at; as soon as it is, it is told.
    if (this.#page === undefined || !this.#effects.page.isVisible()) return;
    this.#reportedAt = this.#effects.now();
    this.#plan(PAGE_REPORT_MS);
    try {
      await this.#report(this.#page);
    } catch (error) {
      // An older server does not know of it.
      this.#effects.note('page: not reported', error);
    }
  }
}
