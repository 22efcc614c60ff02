/** Lets everybody do something so often and no oftener. */
export interface RateLimit {
  /** Takes one turn for `key`: 0 when there was one, otherwise in how many whole seconds there will be. */
  take(key: string): number;
}

export interface RateLimitOptions {
  readonly perMinute: number;
  /** Turns that may be taken at once after a quiet time. */
  readonly burst: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

const MINUTE_MS = 60_000;
/** Keys remembered at most; the oldest are forgotten, which costs no more than giving them a fresh start. */
const MAX_KEYS = 50_000;

/** A bucket of turns per key that fills up steadily. */
export function createRateLimit({ perMinute, burst, now = Date.now }: RateLimitOptions): RateLimit {
  const buckets = new Map<string, { turns: number; at: number }>();
  return {
    take(key) {
      const time = now();
      const before = buckets.get(key) ?? { turns: burst, at: time };
      const turns = Math.min(burst, before.turns + ((time - before.at) / MINUTE_MS) * perMinute);
      // Deleted and set again: the map's order is then the order of last use.
      buckets.delete(key);
      buckets.set(key, { turns: turns >= 1 ? turns - 1 : turns, at: time });
      if (buckets.size > MAX_KEYS) {
        const [oldest] = buckets.keys();
        if (oldest !== undefined) buckets.delete(oldest);
      }
      return turns >= 1 ? 0 : Math.max(1, Math.ceil((((1 - turns) / perMinute) * MINUTE_MS) / 1000));
    },
  };
}
