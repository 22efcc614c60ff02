import { ChatError, MESSAGES_PER_SECOND } from '@switchboard/protocol';

const WINDOW_MS = 1_000;

/** How many events of each kind one sender may send in a second. Only messages are limited tightly; the rest is there to stop floods. */
export const RATE_LIMITS = {
  message: MESSAGES_PER_SECOND,
  /** Old front-ends send one for every key, and a key held down repeats 30 times a second. */
  typing: 50,
  lifecycle: 10,
  /** Events that this relay does not know: a newer peer sends some. */
  unknown: 10,
} as const;
export type RateLimitName = keyof typeof RATE_LIMITS;
export type RateLimits = Readonly<Record<RateLimitName, number>>;

/** How many packets a connection may send in a second: some times what one sender may, so that a late second's packets fit into the next one. */
export function packetsPerSecond(rateLimits: RateLimits): number {
  const events = Object.values(rateLimits).reduce((sum, limit) => sum + limit, 0);
  return 4 * events;
}

/** How many senders without a token one address is good for: an office with old front-ends talks, and a script that opens a thousand sockets does not. */
export const ANONYMOUS_SENDERS_PER_ADDRESS = 20;

/** Bytes of large events that all senders without a token of one address may send in a second, at least: what one of them may, if that is more. */
export const ANONYMOUS_BYTES_PER_ADDRESS = 256 * 1_024;

/** Counts in fixed windows of a second, which begin with a key's first event. In memory: it is asked for every event. */
export interface RateLimit {
  /** @throws ChatError `rate_limited` when `amount` is too much for a second that has `maximum` in all */
  count(key: string, maximum: number, amount?: number): void;
  /** Forgets windows that are over. Call it now and then. */
  sweep(): void;
  readonly size: number;
}

/** @param clock milliseconds that never go backwards */
export function createRateLimit(clock: () => number = () => performance.now()): RateLimit {
  const windows = new Map<string, { start: number; count: number }>();
  return {
    count(key, maximum, amount = 1) {
      const now = clock();
      let window = windows.get(key);
      if (window === undefined || now - window.start > WINDOW_MS) {
        window = { start: now, count: 0 };
        windows.set(key, window);
      }
      window.count += amount;
      if (window.count > maximum) throw new ChatError('rate_limited', 'Rate limit exceeded');
    },
    sweep() {
      const now = clock();
      for (const [key, window] of windows) if (now - window.start > WINDOW_MS) windows.delete(key);
    },
    get size() {
      return windows.size;
    },
  };
}
