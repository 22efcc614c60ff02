import type { Check } from '../check.ts';
import type { Facts } from '../facts.ts';
import { skip } from '../outcome.ts';
import type { World } from '../plan.ts';
import { checkRedisAnswers, checkRedisWrites } from './redis.ts';

const group = 'Redis';

export function planRedis({ settings }: Pick<Facts, 'settings'>, { busy }: Pick<World, 'busy'>): Check[] {
  const url = settings.REDIS_URL;
  if (url === undefined)
    return [
      {
        group,
        what: 'it answers',
        look: async () => await Promise.resolve(skip('REDIS_URL is not set; one relay needs none, several do')),
      },
    ];
  const answers: Check = { group, what: 'it answers', look: async () => await checkRedisAnswers({ url, busy }) };
  return [
    answers,
    { group, what: 'it takes what is written and published', after: [answers], look: async () => await checkRedisWrites({ url, busy }) },
  ];
}
