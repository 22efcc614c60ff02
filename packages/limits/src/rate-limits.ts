import { ReconnectingRedis } from '@switchboard/redis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** Limits how often each key may do something. */
export interface RateLimit {
  /**
   * Takes `cost` points for `key` (a whole number of 1 or more, 1 by default). Resolves to 0 when they were available, otherwise to the whole seconds until
   * they are. All or nothing: a refused call takes no points. A cost above the burst counts as the burst, so that it passes when nothing else was taken.
   * Never rejects.
   */
  take(key: string, cost?: number): Promise<number>;
  /** Gives back `cost` points (1 by default) of a call that should not have counted. */
  giveBack(key: string, cost?: number): Promise<void>;
}

interface RateLimitOptions {
  /** Unique among all limits. */
  readonly name: string;
  readonly perMinute: number;
  /** Points that may be taken at once; `perMinute` by default. */
  readonly burst?: number;
  /** Whether calls differ in cost: a cheap call may pass after an expensive one was refused. */
  readonly weighted?: boolean;
}

/** Makes limits that share their counts through one Redis. */
export interface RateLimits {
  limit(options: RateLimitOptions): RateLimit;
  /** `alone`: Redis is not configured or is down, and this process counts on its own. */
  state(): 'shared' | 'alone';
  close(): void;
}

export interface RateLimitsOptions {
  /** The Redis that holds the counts, shared by all processes that use it. Undefined: this process counts on its own. */
  readonly redisUrl?: string | undefined;
  /** The connection's name in Redis's client list. */
  readonly connectionName: string;
  /** Called when Redis goes down, and when it is back. */
  readonly onChange?: (state: 'shared' | 'alone', reason: string) => void;
}

/**
 * Limits whose counts are in Redis, where it is configured. While Redis is down or does not answer, each process counts on its own: requests are still
 * served, and a limit holds per process instead of overall.
 */
export function createRateLimits({ redisUrl, connectionName, onChange = () => undefined }: RateLimitsOptions): RateLimits {
  const link =
    redisUrl === undefined
      ? undefined
      : new ReconnectingRedis({
          url: redisUrl,
          name: connectionName,
          onUp: () => onChange('shared', 'connected'),
          onDown: (reason) => onChange('alone', reason),
        });
  return {
    limit: (options) => createRateLimit(options, () => link?.redis),
    state: () => (link?.redis === undefined ? 'alone' : 'shared'),
    close: () => link?.close(),
  };
}

type Redis = NonNullable<ReconnectingRedis['redis']>;

function createRateLimit(
  { name, perMinute, burst = perMinute, weighted = false }: RateLimitOptions,
  redisNow: () => Redis | undefined,
): RateLimit {
  // So many in a window of this length are the same rate, and the burst may come at once.
  const window = { keyPrefix: `switchboard:limit:${name}`, points: burst, duration: Math.max(1, Math.round((60 * burst) / perMinute)) };
  const own = new RateLimiterMemory(window);
  const shared = new WeakMap<Redis, RateLimiterRedis>();

  function limiter(): RateLimiterMemory | RateLimiterRedis {
    const redis = redisNow();
    if (redis === undefined) return own;
    const known = shared.get(redis);
    if (known !== undefined) return known;
    // Keys over the limit are refused without asking Redis. While Redis can't answer, this process counts.
    const blocking = weighted ? {} : { inMemoryBlockOnConsumed: burst + 1 };
    const made = new RateLimiterRedis({ ...window, storeClient: redis, insuranceLimiter: own, ...blocking });
    shared.set(redis, made);
    return made;
  }

  const whole = (cost: number) => Math.min(burst, Math.max(1, Math.ceil(cost)));

  return {
    async take(key, cost = 1) {
      const turns = whole(cost);
      const counting = limiter();
      try {
        await counting.consume(key, turns);
        return 0;
      } catch (thrown) {
        // The library rejects with the state of the count when no point is left. It never rejects with an error of Redis: the insurance limiter counts then.
        if (!(thrown instanceof RateLimiterRes)) throw thrown;
        // The library counts refused calls, too. One extra point makes no difference, but many would block cheaper calls.
        if (weighted) await counting.reward(key, turns);
        return Math.max(1, Math.ceil(thrown.msBeforeNext / 1_000));
      }
    },
    async giveBack(key, cost = 1) {
      await limiter().reward(key, whole(cost));
    },
  };
}
