import { ChatError, MESSAGES_PER_SECOND } from '@switchboard/protocol';

const WINDOW_MS = 1_000;

/** How many events of each kind one sender may send in a second. The limit for messages is tight, the others only stop floods. */
export const RATE_LIMITS = {
  message: MESSAGES_PER_SECOND,
  /** Old front-ends send an event for every key, and a key that is held down repeats 30 times a second. */
  typing: 50,
  lifecycle: 10,
  /** Events that this relay does not know: a newer peer sends some. */
  unknown: 10,
} as const;
export type RateLimitName = keyof typeof RATE_LIMITS;
export type RateLimits = Readonly<Record<RateLimitName, number>>;

/** How many packets a connection may send in a second: several times its events, so that the packets of a delayed second fit into the next one. */
export function packetsPerSecond(rateLimits: RateLimits): number {
  const events = Object.values(rateLimits).reduce((sum, limit) => sum + limit, 0);
  return 4 * events;
}

/** One IP address may send as much as this many senders without a token: enough for an office with old front-ends, too little for a script with a thousand sockets. */
export const ANONYMOUS_SENDERS_PER_IP = 20;

/** Bytes of large events in a second from all senders without a token at one IP address, or what one of them may send if that is more. */
export const ANONYMOUS_BYTES_PER_IP = 256 * 1_024;

/** Counts in fixed windows of a second, which begin with a key's first event. Kept in memory, because every event is counted. */
export interface RateLimit {
  /** @throws ChatError `rate_limited` when `amount` more exceed the `maximum` of the current second */
  count(key: string, maximum: number, amount?: number): void;
  /** Forgets windows that have ended. Call it regularly. */
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
