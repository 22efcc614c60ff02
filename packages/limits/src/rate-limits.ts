import { ReconnectingRedis } from '@switchboard/redis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

/** Lets everybody do something so often and no oftener. */
export interface RateLimit {
  /**
   * Takes `cost` turns for `key` (1 unless given, a whole number of 1 or more): 0 when there were so many, otherwise in how many whole seconds there will
   * be. All or nothing: a refused call takes no turns. A cost above the burst counts as the burst, so that it passes when nothing else was taken.
   * Never rejects.
   */
  take(key: string, cost?: number): Promise<number>;
  /** Gives `cost` turns back (1 unless given): what was counted was nothing to limit after all. */
  giveBack(key: string, cost?: number): Promise<void>;
}

interface RateLimitOptions {
  /** Unlike that of every other limit. */
  readonly name: string;
  readonly perMinute: number;
  /** Turns that may be taken at once; as many as in a minute unless said otherwise. */
  readonly burst?: number;
  /** Calls take different numbers of turns: a small one may pass where a large one was refused. */
  readonly weighted?: boolean;
}

/** Makes limits that count together. */
export interface RateLimits {
  limit(options: RateLimitOptions): RateLimit;
  /** `alone`: there is no Redis, or it is away, and this process counts alone. */
  state(): 'shared' | 'alone';
  close(): void;
}

export interface RateLimitsOptions {
  /** Counts are kept there, for all processes with the same one; undefined: this process counts alone. */
  readonly redisUrl?: string | undefined;
  /** As Redis lists the connection. */
  readonly connectionName: string;
  /** Told when Redis is away, and when it is back. */
  readonly onChange?: (state: 'shared' | 'alone', reason: string) => void;
}

/**
 * Limits whose counts are in Redis when there is one. While Redis is away, or does not answer, each process counts alone: people are served, and a
 * limit holds for each process instead of for all together.
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
    // Who is over the limit is known without asking; what Redis can't answer is counted here.
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
        // The library rejects with the state of the count when there is no turn left, and with an error never: the insurance counts then.
        if (!(thrown instanceof RateLimiterRes)) throw thrown;
        // It counts what it refuses, too. One turn more or less past the end makes no difference; many would shut out calls that cost less.
        if (weighted) await counting.reward(key, turns);
        return Math.max(1, Math.ceil(thrown.msBeforeNext / 1_000));
      }
    },
    async giveBack(key, cost = 1) {
      await limiter().reward(key, whole(cost));
    },
  };
}
