import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';
import { skip } from '../outcome.ts';
import type { World } from '../world.ts';
import { checkRedisAnswers, checkRedisWrites } from './redis.ts';

const group = 'Redis';

export function planRedis({ settings }: Pick<Facts, 'settings'>, { busy }: Pick<World, 'busy'>): Check[] {
  const url = settings.REDIS_URL;
  if (url === undefined)
    return [
      {
        group,
        what: 'it answers',
        run: async () => await Promise.resolve(skip('REDIS_URL is not set; only several relays need Redis')),
      },
    ];
  const answers: Check = { group, what: 'it answers', run: async () => await checkRedisAnswers({ url, busy }) };
  return [
    answers,
    { group, what: 'it accepts writes and delivers messages', after: [answers], run: async () => await checkRedisWrites({ url, busy }) },
  ];
}
