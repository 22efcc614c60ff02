import { ChatError } from '@switchboard/protocol';

const MINUTE_MS = 60_000;
/** After a relay was restarted, everybody of an office joins again at once. */
const BURST_MINUTES = 10;

/** Limits how many visitors without a token come from one address: a bucket for each, which fills steadily and holds ten minutes' worth. */
export interface NewcomerLimit {
  /** @throws ChatError `rate_limited` when there were too many from this address */
  count(address: string): void;
  /** Forgets addresses whose buckets are full. Call it now and then. */
  sweep(): void;
  readonly size: number;
}

/**
 * @param perMinute visitors of one address
 * @param clock milliseconds that never go backwards
 */
export function createNewcomerLimit(perMinute: number, clock: () => number = () => performance.now()): NewcomerLimit {
  const burst = BURST_MINUTES * perMinute;
  const buckets = new Map<string, { left: number; at: number }>();
  const leftOf = ({ left, at }: { left: number; at: number }, now: number) => Math.min(burst, left + ((now - at) * perMinute) / MINUTE_MS);
  return {
    count(address) {
      const now = clock();
      const bucket = buckets.get(address);
      const left = bucket === undefined ? burst : leftOf(bucket, now);
      if (left < 1) throw new ChatError('rate_limited', 'Too many visitors from this address; try again in a minute.');
      buckets.set(address, { left: left - 1, at: now });
    },
    sweep() {
      const now = clock();
      for (const [address, bucket] of buckets) if (leftOf(bucket, now) >= burst) buckets.delete(address);
    },
    get size() {
      return buckets.size;
    },
  };
}
