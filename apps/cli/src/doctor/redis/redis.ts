import { randomUUID } from 'node:crypto';

import { Redis } from 'ioredis';

import { oneLine } from '../check.ts';
import { type Advice, explainNetworkError } from '../network.ts';
import { fail, ok, type Outcome, warn } from '../outcome.ts';

const TIMEOUT_MS = 4_000;
const PINGS = 5;
const SLOW_MS = 50;

/** Error of Redis → problem and advice. */
const REFUSALS: readonly (readonly [sign: RegExp, problem: string, advice: string])[] = [
  [/^(WRONGPASS|NOAUTH|ERR invalid password|ERR .*AUTH)/, 'it refuses the user or the password', 'Correct them in REDIS_URL.'],
  [
    /^NOPERM/,
    'its user lacks permissions that relays and web app need',
    'Give it the permissions in docs/deployment.md (Several nodes): channel names must match exactly.',
  ],
  [/^READONLY/, 'it is a read-only replica', 'Give REDIS_URL the address of the primary.'],
  [/^MISCONF/, "it refuses writes because it can't save to its disk", 'See its log; its disk may be full.'],
  [/^OOM/, 'its memory is used up (maxmemory)', 'Raise maxmemory. Switchboard needs very little: find out what else uses it.'],
  [/^NOREPLICAS/, 'it refuses writes because it has too few replicas', 'Bring the replicas back, or lower min-replicas-to-write.'],
  [/^(LOADING|MASTERDOWN|CLUSTERDOWN)/, 'it is not ready yet', 'Wait until it has loaded its data; see its log.'],
];

/** Only servers connect to Redis: what browsers trust does not matter. */
const ADVICE: Advice = {
  refused: 'Start Redis there, or correct REDIS_URL.',
  silent: 'If that port does not use TLS, REDIS_URL must begin with redis://. Otherwise it is frozen, or a firewall drops the packets.',
  cut: 'If that port uses TLS, REDIS_URL must begin with rediss://. Otherwise see its log.',
  certificate:
    'Make relay, web app and this command trust its CA (NODE_EXTRA_CA_CERTS=<file with the CA certificate>), and use the host name in the certificate.',
  noTls: 'Use redis:// in REDIS_URL, or enable TLS in Redis (tls-port).',
};

/** The channels of the relays' adapter, exactly as it subscribes to them: Redis compares a pattern literally with the user's permissions. */
const RELAY_PATTERN = 'socket.io#/#*';
const RELAY_CHANNELS = ['socket.io-request#/#', 'socket.io-response#/#'];

function describe(url: string): string {
  return `Redis at ${new URL(url).host}`;
}

/** The Redis to check. */
export interface RedisTarget {
  readonly url: string;
  /** How much longer work takes than on an idle machine. */
  readonly busy: number;
}

async function withRedis({ url, busy }: RedisTarget, check: (redis: Redis) => Promise<Outcome>): Promise<Outcome> {
  const redis = new Redis(url, {
    connectionName: 'switchboard-doctor',
    lazyConnect: true,
    retryStrategy: () => null,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    connectTimeout: TIMEOUT_MS * busy,
    commandTimeout: TIMEOUT_MS * busy,
  });
  // Only this event has the cause: `connect` rejects with "connection is closed".
  let broken: Error | undefined;
  redis.on('error', (error: Error) => (broken = error));
  try {
    await redis.connect();
    return await check(redis);
  } catch (error) {
    return explain(error, broken, url);
  } finally {
    redis.disconnect();
  }
}

function explain(error: unknown, broken: Error | undefined, url: string): Outcome {
  for (const text of [oneLine(error), oneLine(broken)]) {
    const refusal = REFUSALS.find(([sign]) => sign.test(text));
    if (refusal !== undefined) return fail(`${describe(url)}: ${refusal[1]} (${text})`, refusal[2]);
    if (/timed out/i.test(text)) return fail(`${describe(url)}: no answer`, ADVICE.silent);
  }
  return explainNetworkError(broken ?? error, describe(url), ADVICE);
}

/** Whether Redis answers, and its median latency over a few commands. */
export async function checkRedisAnswers({ url, busy }: RedisTarget): Promise<Outcome> {
  return await withRedis({ url, busy }, async (redis) => {
    const times: number[] = [];
    for (let count = 0; count < PINGS; count += 1) {
      const began = performance.now();
      await redis.ping();
      times.push(performance.now() - began);
    }
    const median = times.toSorted((a, b) => a - b)[Math.floor(PINGS / 2)] ?? 0;
    if (median <= SLOW_MS * busy) return ok(`${describe(url)}, ${median.toFixed(1)} ms`);
    return warn(
      `${describe(url)} takes ${Math.round(median)} ms to answer`,
      'Messages between relays take as long: move Redis closer, or find out what loads it.',
    );
  });
}

/** Whether limits can be counted and relays can communicate: does the same with a temporary key and an empty room. */
export async function checkRedisWrites(asked: RedisTarget): Promise<Outcome> {
  return await withRedis(asked, async (redis) => {
    const id = randomUUID();
    await redis.eval("return redis.call('set', KEYS[1], '1', 'PX', 1000)", 1, `switchboard:doctor:${id}`);
    const channel = `${RELAY_PATTERN.slice(0, -1)}doctor-${id}#`;
    return await withRedis(asked, async (subscriber) => {
      // Other relays' events arrive, too, and are ignored.
      const heard = new Promise<void>((resolve) => {
        subscriber.on('pmessage', (_pattern, from) => from === channel && resolve());
      });
      await subscriber.psubscribe(RELAY_PATTERN);
      await subscriber.subscribe(...RELAY_CHANNELS);
      const receivers = await redis.publish(channel, id);
      if (receivers === 0) return fail('published messages do not reach subscribers', 'All servers must use the same Redis in REDIS_URL.');
      await heard;
      return ok();
    });
  });
}
