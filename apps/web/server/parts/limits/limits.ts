import { createRateLimits, type RateLimit, type RateLimits } from '@switchboard/limits';
import type { Logger } from '@switchboard/telemetry';

import type { Config } from '../../../config.ts';

/** How often each action may be done. Every action has a limit. */
export interface Limits {
  /** New conversations, per address. */
  readonly conversations: RateLimit;
  /** Images, per visitor or operator. */
  readonly uploads: RateLimit;
  /** Save requests (of up to 100 messages), per visitor or operator. Generous: an outbox that empties after an outage must get through. */
  readonly saves: RateLimit;
  /** Messages that a visitor stores, per conversation. */
  readonly messages: RateLimit;
  /** Bytes that a visitor stores, per conversation. */
  readonly visitorBytes: RateLimit;
  /** Bytes that visitors store, per address. */
  readonly addressBytes: RateLimit;
  /** Bytes that all visitors store. */
  readonly allBytes: RateLimit;
  /** Reports of how long messages took, per visitor or operator. */
  readonly timings: RateLimit;
  /** Page changes per visitor: operators are notified of each. */
  readonly pages: RateLimit;
  /** Requests without a limit of their own, per visitor. Several tabs that fetch after an outage must get through. */
  readonly visitorRequests: RateLimit;
  /** The same per operator: a console fetches whenever anybody writes to the team. */
  readonly operatorRequests: RateLimit;
  /** The same per address, for unidentified callers: enough for an office. */
  readonly addressRequests: RateLimit;
  /** Attempts to sign in to one account, per address and e-mail: guessing one password locks out nobody else in the same office. */
  readonly signIns: RateLimit;
  /** Attempts to sign in to any account, per address. */
  readonly signInsOfAddress: RateLimit;
  /** The same per network (48 bits of an IPv6 address), because one site may have many addresses. */
  readonly signInsOfSite: RateLimit;
  readonly state: RateLimits['state'];
  close(): void;
}

export type LimitName = Exclude<keyof Limits, 'state' | 'close'>;

const MINUTES_OF_DAY = 24 * 60;
/** An outbox that empties after an outage may store the quota of this many minutes at once. */
const BURST_MINUTES = 5;

export function createLimits(config: Pick<Config, 'conversationsPerMinute' | 'quota' | 'redisUrl'>, log: Logger): Limits {
  const shared = createRateLimits({
    redisUrl: config.redisUrl,
    connectionName: 'switchboard-web limits',
    onChange: (state, reason) =>
      state === 'shared'
        ? log.info({}, 'connected to Redis')
        : log.warn({ reason }, 'Redis is away: each web server counts limits on its own'),
  });
  const perDay = (name: string, bytes: number) => shared.limit({ name, perMinute: bytes / MINUTES_OF_DAY, burst: bytes, weighted: true });
  const { messagesPerMinute, visitorBytesPerDay, addressBytesPerDay, allBytesPerDay } = config.quota;
  // Counted in this process, so that a flood of saves is stopped without a request to Redis.
  const own = createRateLimits({ connectionName: 'none' });
  return {
    conversations: shared.limit({
      name: 'conversations',
      perMinute: config.conversationsPerMinute,
      burst: 2 * config.conversationsPerMinute,
    }),
    uploads: shared.limit({ name: 'uploads', perMinute: 30 }),
    saves: own.limit({ name: 'saves', perMinute: 1_200, burst: 600 }),
    messages: shared.limit({ name: 'messages', perMinute: messagesPerMinute, burst: BURST_MINUTES * messagesPerMinute, weighted: true }),
    visitorBytes: perDay('bytes of a visitor', visitorBytesPerDay),
    addressBytes: perDay('bytes of an address', addressBytesPerDay),
    allBytes: perDay('bytes of all visitors', allBytesPerDay),
    timings: own.limit({ name: 'timings', perMinute: 20 }),
    pages: own.limit({ name: 'pages', perMinute: 60 }),
    visitorRequests: own.limit({ name: 'requests of a visitor', perMinute: 600, burst: 300 }),
    operatorRequests: own.limit({ name: 'requests of an operator', perMinute: 12_000, burst: 2_000 }),
    addressRequests: own.limit({ name: 'requests of an address', perMinute: 6_000, burst: 2_000 }),
    signIns: shared.limit({ name: 'sign-ins', perMinute: 10 }),
    signInsOfAddress: shared.limit({ name: 'sign-ins of an address', perMinute: 60 }),
    signInsOfSite: shared.limit({ name: 'sign-ins of a site', perMinute: 120 }),
    state: () => shared.state(),
    close: () => shared.close(),
  };
}
