import { createRateLimits, type RateLimit, type RateLimits } from '@switchboard/limits';
import type { Logger } from '@switchboard/telemetry';

import type { Config } from '../../../config.ts';

/** What may be done how often. Nothing may be done as often as one likes. */
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
  /** Pages that a visitor moves to: operators are told of each. */
  readonly pages: RateLimit;
  /** Whatever has no limit of its own, per visitor. Several tabs that fetch after an outage must get through. */
  readonly visitorRequests: RateLimit;
  /** The same per operator: a console asks for something whenever anybody writes to the team. */
  readonly operatorRequests: RateLimit;
  /** The same per address, for who has not shown who it is: as many as an office may be. */
  readonly addressRequests: RateLimit;
  /** Attempts to sign in to one account, per address and e-mail: who guesses one locks out nobody else of the same office. */
  readonly signIns: RateLimit;
  /** Attempts to sign in to any account, per address. */
  readonly signInsOfAddress: RateLimit;
  /** The same per network around the address (48 bits of IPv6), where one site has many addresses. */
  readonly signInsOfSite: RateLimit;
  readonly state: RateLimits['state'];
  close(): void;
}

export type LimitName = Exclude<keyof Limits, 'state' | 'close'>;

const MINUTES_OF_DAY = 24 * 60;
/** An outbox that empties after an outage may store at once what it may store in so many minutes. */
const BURST_MINUTES = 5;

export function createLimits(config: Pick<Config, 'conversationsPerMinute' | 'quota' | 'redisUrl'>, log: Logger): Limits {
  const shared = createRateLimits({
    redisUrl: config.redisUrl,
    connectionName: 'switchboard-web limits',
    onChange: (state, reason) =>
      state === 'shared'
        ? log.info({}, 'connected to Redis')
        : log.warn({ reason }, 'Redis is away: each web server counts limits by itself'),
  });
  const perDay = (name: string, bytes: number) => shared.limit({ name, perMinute: bytes / MINUTES_OF_DAY, burst: bytes, weighted: true });
  const { messagesPerMinute, visitorBytesPerDay, addressBytesPerDay, allBytesPerDay } = config.quota;
  // A flood of saves is stopped where it arrives, without asking anybody.
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
