import type { Config } from '../config.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';

/** What may be done how often. */
export interface Limits {
  /** New conversations, per address. */
  readonly conversations: RateLimit;
  /** Images, per visitor or operator. */
  readonly uploads: RateLimit;
  /** Save requests (of up to 100 messages), per visitor or operator. Generous: an outbox that empties after an outage must get through. */
  readonly saves: RateLimit;
}

export function createLimits(config: Pick<Config, 'conversationsPerMinute'>): Limits {
  return {
    conversations: createRateLimit({ perMinute: config.conversationsPerMinute, burst: 2 * config.conversationsPerMinute }),
    uploads: createRateLimit({ perMinute: 30, burst: 30 }),
    saves: createRateLimit({ perMinute: 1_200, burst: 600 }),
  };
}
