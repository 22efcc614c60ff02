import { availableParallelism, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';

/** A piece of work is measured this often, in milliseconds. */
const MEASURE_EVERY_MS = 500;
const PIECES = 24;
/** Of one piece, on a machine of today: about half a millisecond. */
const ROUNDS = 120_000;
/** A machine that is slower than this by a factor is not waited for any longer. */
const MOST_BUSY = 30;

let sink = 1;

/** Milliseconds that a fixed piece of work takes at this moment. */
function measurePiece(): number {
  const began = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) sink = Math.imul(sink ^ round, 0x01000193) >>> 0;
  return performance.now() - began;
}

/**
 * A clock for the patience of tests: counts the milliseconds that a quiet machine would have taken. Every now and then it does a fixed piece of work many
 * times over; the shortest time it ever took is what it takes on a quiet machine. While it takes twice as long, or twice as many processes want to run
 * as there are processors, this clock runs half as fast. On a quiet machine it is an ordinary clock. For limits only ("is answered within five seconds"): what is checked stays the same on a busy machine.
 */
export class QuietClock {
  #quiet = 0;
  #at = performance.now();
  #busy = 1;
  #shortest = Infinity;
  /** Our time at moments of the wall clock (milliseconds since 1970), oldest first. */
  readonly #moments: { readonly wall: number; readonly quiet: number }[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor() {
    // Code that has not been compiled yet would look like a busy machine.
    for (let warm = 0; warm < PIECES; warm += 1) measurePiece();
    this.#measure();
    this.#timer = setInterval(() => this.#measure(), MEASURE_EVERY_MS);
    this.#timer.unref();
  }

  /** Milliseconds of a quiet machine since this clock was made. */
  now(): number {
    const at = performance.now();
    this.#quiet += (at - this.#at) / this.#busy;
    this.#at = at;
    return this.#quiet;
  }

  /** Milliseconds of a quiet machine between two moments, in milliseconds since 1970, that lie in this clock's life. */
  between(from: number, to: number): number {
    return this.#quietAt(to) - this.#quietAt(from);
  }

  /** How much longer things take now than on a quiet machine; 1 at the least. */
  busyFactor(): number {
    return this.#busy;
  }

  /** Ends the measuring. */
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
    // A process that mostly sleeps is let in front: what others wait for says more than its own short piece of work.
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
