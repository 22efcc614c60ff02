import { Link } from '@switchboard/redis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** Lets everybody do something so often and no oftener. */
export interface RateLimit {
  /** Takes one turn for `key`: 0 when there was one, otherwise in how many whole seconds there will be. Never rejects. */
  take(key: string): Promise<number>;
  /** Gives a turn back: what was counted was nothing to limit after all. */
  giveBack(key: string): Promise<void>;
}

interface RateLimitOptions {
  /** Unlike that of every other limit. */
  readonly name: string;
  readonly perMinute: number;
  /** Turns that may be taken at once; as many as in a minute unless said otherwise. */
  readonly burst?: number;
}

/** Makes limits that count together. */
export interface RateLimits {
  limit(options: RateLimitOptions): RateLimit;
  /** `alone`: there is no Redis, or it is away, and this process counts by itself. */
  state(): 'shared' | 'alone';
  close(): void;
}

export interface RateLimitsOptions {
  /** Counts are kept there, for all processes with the same one; undefined: this process counts by itself. */
  readonly redisUrl?: string | undefined;
  /** As Redis lists the connection. */
  readonly connectionName: string;
  /** Told when Redis is away, and when it is back. */
  readonly onChange?: (state: 'shared' | 'alone', reason: string) => void;
}

/**
 * Limits whose counts are in Redis when there is one. While Redis is away, or does not answer, each process counts by itself: people are served, and a
 * limit holds for each process instead of for all together.
 */
export function createRateLimits({ redisUrl, connectionName, onChange = () => undefined }: RateLimitsOptions): RateLimits {
  const link =
    redisUrl === undefined
      ? undefined
      : new Link({
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

type Redis = NonNullable<Link['redis']>;

function createRateLimit({ name, perMinute, burst = perMinute }: RateLimitOptions, redisNow: () => Redis | undefined): RateLimit {
  // So many in a window of this length are the same rate, and the burst may come at once.
  const window = { keyPrefix: `switchboard:limit:${name}`, points: burst, duration: Math.max(1, Math.round((60 * burst) / perMinute)) };
  const own = new RateLimiterMemory(window);
  const shared = new WeakMap<Redis, RateLimiterRedis>();

  function limiter(): RateLimiterMemory | RateLimiterRedis {
    const redis = redisNow();
    if (redis === undefined) return own;
    const known = shared.get(redis);
    if (known !== undefined) return known;
    // Who is over the limit is known without asking; what Redis can't answer is counted here.
    const made = new RateLimiterRedis({ ...window, storeClient: redis, insuranceLimiter: own, inMemoryBlockOnConsumed: burst + 1 });
    shared.set(redis, made);
    return made;
  }

  return {
    async take(key) {
      try {
        await limiter().consume(key);
        return 0;
      } catch (thrown) {
        // The library rejects with the state of the count when there is no turn left, and with an error never: the insurance counts then.
        if (thrown instanceof RateLimiterRes) return Math.max(1, Math.ceil(thrown.msBeforeNext / 1_000));
        throw thrown;
      }
    },
    async giveBack(key) {
      await limiter().reward(key);
    },
  };
}
