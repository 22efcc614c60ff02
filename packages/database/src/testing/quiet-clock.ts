import { availableParallelism, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';

/** The interval between measurements, in milliseconds. */
const MEASURE_EVERY_MS = 500;
const PIECES = 24;
/** The rounds of one piece of work: about half a millisecond on a current machine. */
const ROUNDS = 120_000;
/** The largest factor by which the clock slows down. */
const MOST_BUSY = 30;

let sink = 1;

/** The milliseconds that a fixed piece of work takes now. */
function measurePiece(): number {
  const began = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) sink = Math.imul(sink ^ round, 0x01000193) >>> 0;
  return performance.now() - began;
}

/**
 * A clock for the time limits of tests. It counts the milliseconds that an idle machine would have needed. It repeatedly measures a fixed piece of work; the
 * shortest time so far is that of an idle machine. While the work takes twice as long, or twice as many processes are runnable as there are processors, the
 * clock runs at half speed. On an idle machine it is an ordinary clock. Use it only for limits ("answers within five seconds"), so that a busy machine does not
 * change the result.
 */
export class QuietClock {
  #quiet = 0;
  #at = performance.now();
  #busy = 1;
  #shortest = Infinity;
  /** This clock's time at moments of the wall clock (milliseconds since 1970), oldest first. */
  readonly #moments: { readonly wall: number; readonly quiet: number }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    // Warm up: code that is not compiled yet would look like a busy machine.
    for (let warm = 0; warm < PIECES; warm += 1) measurePiece();
    this.#measure();
    this.#timer = setInterval(() => this.#measure(), MEASURE_EVERY_MS);
    this.#timer.unref();
  }

  /** Milliseconds of an idle machine since this clock was created. */
  now(): number {
    const at = performance.now();
    this.#quiet += (at - this.#at) / this.#busy;
    this.#at = at;
    return this.#quiet;
  }

  /** Milliseconds of an idle machine between two moments (milliseconds since 1970) in this clock's lifetime. */
  between(from: number, to: number): number {
    return this.#quietAt(to) - this.#quietAt(from);
  }

  /** How much longer work takes now than on an idle machine; at least 1. */
  busyFactor(): number {
    return this.#busy;
  }

  /** Stops measuring. */
  close(): void {
    clearInterval(this.#timer);
  }

  #measure(): void {
    const since = this.#at;
    this.now();
    const late = this.#at - since - MEASURE_EVERY_MS;
    const began = performance.now();
    for (let piece = 0; piece < PIECES; piece += 1) this.#shortest = Math.min(this.#shortest, measurePiece());
    const took = performance.now() - began;
    const [lastMinute = 0] = loadavg();
    // The scheduler prefers a process that mostly sleeps, so the load and the timer's delay count as well as its own work.
    const factors = [took / (this.#shortest * PIECES), 1 + Math.max(0, late) / MEASURE_EVERY_MS, lastMinute / availableParallelism()];
    this.#busy = Math.min(MOST_BUSY, Math.max(1, ...factors));
    this.#moments.push({ wall: Date.now(), quiet: this.now() });
  }

  #quietAt(wall: number): number {
    const after = this.#moments.findIndex((moment) => moment.wall >= wall);
    if (after === -1) return this.now() - (Date.now() - wall) / this.#busy;
    const [next, last] = [this.#moments[after], this.#moments[after - 1]];
    if (next === undefined || last === undefined) return next?.quiet ?? 0;
    return last.quiet + ((wall - last.wall) / Math.max(1, next.wall - last.wall)) * (next.quiet - last.quiet);
  }
}
