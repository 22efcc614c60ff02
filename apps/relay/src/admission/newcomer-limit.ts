import { ChatError } from '@switchboard/protocol';

const MINUTE_MS = 60_000;
/** After a restart of the relay, all visitors in an office join again at the same time. */
const BURST_MINUTES = 10;

/** Limits new visitors without a token from one IP address: a token bucket for each, which holds ten minutes' worth. */
export interface NewcomerLimit {
  /** @throws ChatError `rate_limited` when there were too many from this IP address */
  count(ip: string): void;
  /** Forgets IP addresses whose buckets are full. Call it regularly. */
  sweep(): void;
  readonly size: number;
}

/**
 * @param perMinute visitors from one IP address
 * @param clock milliseconds that never go backwards
 */
export function createNewcomerLimit(perMinute: number, clock: () => number = () => performance.now()): NewcomerLimit {
  const burst = BURST_MINUTES * perMinute;
  const buckets = new Map<string, { left: number; at: number }>();
  const leftOf = ({ left, at }: { left: number; at: number }, now: number) => Math.min(burst, left + ((now - at) * perMinute) / MINUTE_MS);
  return {
    count(ip) {
      const now = clock();
      const bucket = buckets.get(ip);
      const left = bucket === undefined ? burst : leftOf(bucket, now);
      if (left < 1) throw new ChatError('rate_limited', 'Too many visitors from this address; try again in a minute.');
      buckets.set(ip, { left: left - 1, at: now });
    },
    sweep() {
      const now = clock();
      for (const [ip, bucket] of buckets) if (leftOf(bucket, now) >= burst) buckets.delete(ip);
    },
    get size() {
      return buckets.size;
    },
  };
}
