import { ChatError, MESSAGES_PER_SECOND } from '@switchboard/protocol';

const WINDOW_MS = 1_000;

/** How many events of each kind one sender may send in a second. Only messages are limited tightly; the rest is there to stop floods. */
export const PACES = {
  message: MESSAGES_PER_SECOND,
  /** Old front-ends send one for every key, and a key held down repeats 30 times a second. */
  typing: 50,
  lifecycle: 10,
} as const;
export type Pace = keyof typeof PACES;
export type Paces = Readonly<Record<Pace, number>>;

/** Counts events in fixed windows that begin with a sender's first event. */
export interface RateLimit {
  /** @throws ChatError `rate_limited` when this is one too many */
  count(sender: string, pace: Pace): void;
  /** Forgets windows that are over. Call it now and then. */
  sweep(): void;
  readonly size: number;
}

/** @param clock milliseconds that never go backwards */
export function createRateLimit(paces: Paces, clock: () => number = () => performance.now()): RateLimit {
  const windows = new Map<string, { start: number; count: number }>();
  return {
    count(sender, pace) {
      const now = clock();
      const key = `${pace} ${sender}`;
      const window = windows.get(key);
      if (window === undefined || now - window.start > WINDOW_MS) {
        windows.set(key, { start: now, count: 1 });
        return;
      }
      window.count += 1;
      if (window.count > paces[pace]) throw new ChatError('rate_limited', 'Rate limit exceeded');
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
