/** Milliseconds after which an estimate may be replaced by a coarser one: clocks drift. */
const STALE_MS = 600_000;
/** Milliseconds by which this machine's two clocks have to part before one of them was set, or slept. */
const SET_MS = 1_000;

/** Tells the server's time from hints of it; this machine's clock may be minutes off. */
export interface ServerClock {
  /** Milliseconds since 1970, as the server would say. */
  now(): number;
  /** The server said `serverMs` at some time between `sentMs` and `receivedMs` of this machine's clock; `resolutionMs` is how finely it said so. */
  observe(serverMs: number, sentMs: number, receivedMs: number, resolutionMs: number): void;
}

/** Makes a server clock over `now`, this machine's own. `monotonic` counts milliseconds and is never set: it tells when `now` was. */
export function createServerClock(now: () => number, monotonic: () => number = () => performance.now()): ServerClock {
  let offset = 0;
  let uncertainty = Number.POSITIVE_INFINITY;
  let estimatedAt = 0;
  let apart = 0;
  return {
    now: () => now() + offset,
    observe(serverMs, sentMs, receivedMs, resolutionMs) {
      const doubt = (receivedMs - sentMs + resolutionMs) / 2;
      if (!Number.isFinite(serverMs) || doubt < 0) return;
      const apartNow = now() - monotonic();
      // How old the estimate is can't be told by a clock that was set since.
      const isOld = Math.abs(apartNow - apart) > SET_MS || Math.abs(receivedMs - estimatedAt) >= STALE_MS;
      if (doubt > uncertainty && !isOld) return;
      offset = serverMs + resolutionMs / 2 - (sentMs + receivedMs) / 2;
      uncertainty = doubt;
      estimatedAt = receivedMs;
      apart = apartNow;
    },
  };
}
