import { PAGE_REPORT_MS } from '@switchboard/protocol/limits';

import { EarliestTimer } from '../platform/earliest-timer.ts';
import type { Effects } from '../platform/effects.ts';
import type { ServerClock } from '../platform/server-clock.ts';

/** Milliseconds between a change and its report, so that several changes of the URL in a row are one page. */
const SETTLE_MS = 300;
/** Minimum milliseconds between two reports, however often the host page changes its URL. */
const PAUSE_MS = 5_000;

/** A page of the host site, and when the visitor opened it, ISO-8601. */
export interface VisitorPage {
  readonly url: string;
  readonly at: string;
}

/** Reports to the server which page of the host site the visitor is on, while the page is visible. */
export class PageReports {
  readonly #effects: Effects;
  readonly #clock: ServerClock;
  readonly #report: (page: VisitorPage) => Promise<unknown>;
  readonly #stopWake: () => void;
  #page: VisitorPage | undefined;
  readonly #timer: EarliestTimer;
  /** Time of the last report, milliseconds since 1970 by this machine's clock. */
  #reportedAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  /** @param report may reject: the next report repeats everything */
  constructor(effects: Effects, clock: ServerClock, report: (page: VisitorPage) => Promise<unknown>) {
    this.#effects = effects;
    this.#clock = clock;
    this.#report = report;
    this.#timer = new EarliestTimer(effects, () => void this.#send());
    this.#stopWake = effects.page.onWake(() => this.#plan(SETTLE_MS));
  }

  /** Sets the page that the visitor is on. */
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

  /** Schedules a report in `ms` milliseconds, unless one is due earlier; later if the last report was less than `PAUSE_MS` ago. */
  #plan(ms: number): void {
    if (this.#closed || this.#page === undefined) return;
    this.#timer.within(Math.max(ms, this.#reportedAt + PAUSE_MS - this.#effects.now()));
  }

  async #send(): Promise<void> {
    // A hidden page is reported when it becomes visible.
    if (this.#page === undefined || !this.#effects.page.isVisible()) return;
    this.#reportedAt = this.#effects.now();
    this.#plan(PAGE_REPORT_MS);
    try {
      await this.#report(this.#page);
    } catch (error) {
      // An older server does not have this endpoint.
      this.#effects.note('page: not reported', error);
    }
  }
}
