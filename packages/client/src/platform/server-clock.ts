/** Milliseconds after which a coarser estimate may replace an older one, because clocks drift. */
const STALE_MS = 600_000;
/** Milliseconds by which this machine's two clocks must diverge to count as changed: one was set, or the machine slept. */
const SET_MS = 1_000;

/** Estimates the server's time from timestamps that it sends; this machine's clock may be minutes off. */
export interface ServerClock {
  /** The server's time, milliseconds since 1970. */
  now(): number;
  /** The server sent the time `serverMs` between `sentMs` and `receivedMs` by this machine's clock; `resolutionMs` is the resolution of `serverMs`. */
  observe(serverMs: number, sentMs: number, receivedMs: number, resolutionMs: number): void;
}

/** Creates a server clock from `now`, this machine's clock. `monotonic` counts milliseconds and is never set: it reveals when `now` was set. */
export function createServerClock(now: () => number, monotonic: () => number = () => performance.now()): ServerClock {
  let offset = 0;
  let uncertainty = Number.POSITIVE_INFINITY;
  let estimatedAt = 0;
  let difference = 0;
  return {
    now: () => now() + offset,
    observe(serverMs, sentMs, receivedMs, resolutionMs) {
      const error = (receivedMs - sentMs + resolutionMs) / 2;
      if (!Number.isFinite(serverMs) || error < 0) return;
      const differenceNow = now() - monotonic();
      // A clock that was set meanwhile can't measure the age of the estimate.
      const isOld = Math.abs(differenceNow - difference) > SET_MS || Math.abs(receivedMs - estimatedAt) >= STALE_MS;
      if (error > uncertainty && !isOld) return;
      offset = serverMs + resolutionMs / 2 - (sentMs + receivedMs) / 2;
      uncertainty = error;
      estimatedAt = receivedMs;
      difference = differenceNow;
    },
  };
}
