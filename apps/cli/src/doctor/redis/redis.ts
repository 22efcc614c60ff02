import { randomUUID } from 'node:crypto';

import { Redis } from 'ioredis';

import { oneLine } from '../check.ts';
import { type Advice, explainNetworkError } from '../network.ts';
import { fail, ok, type Outcome, warn } from '../outcome.ts';

const PATIENCE_MS = 4_000;
const PINGS = 5;
const SLOW_MS = 50;

/** What Redis answers with the first word of an error: what is wrong, and what to do. */
const REFUSALS: readonly (readonly [sign: RegExp, problem: string, advice: string])[] = [
  [/^(WRONGPASS|NOAUTH|ERR invalid password|ERR .*AUTH)/, 'it refuses the user or the password', 'Correct them in REDIS_URL.'],
  [
    /^NOPERM/,
    'its user may not do what relays and web app do',
    'Give it the rights in docs/deployment.md (Several nodes): channels count to the letter.',
  ],
  [/^READONLY/, 'it is a replica, which takes no writes', 'Give REDIS_URL the address of the primary.'],
  [/^MISCONF/, "it takes no writes because it can't save to its disk", 'See its log; its disk may be full.'],
  [/^OOM/, 'its memory is used up (maxmemory)', 'Raise maxmemory. Switchboard needs next to nothing: see who else uses it.'],
  [/^NOREPLICAS/, 'it takes no writes while it has too few replicas', 'Bring the replicas back, or lower min-replicas-to-write.'],
  [/^(LOADING|MASTERDOWN|CLUSTERDOWN)/, 'it is not ready yet', 'Wait until it has loaded its data; see its log.'],
];

/** Redis is reached by servers alone: what browsers trust does not matter. */
const ADVICE: Advice = {
  refused: 'Start Redis there, or correct REDIS_URL.',
  silent: 'If it speaks no TLS on that port, REDIS_URL must begin with redis://. Otherwise it is frozen, or a firewall drops what is said.',
  cut: 'If it speaks TLS on that port, REDIS_URL must begin with rediss://. Otherwise look into its log.',
  certificate:
    'Have relay, web app and this command trust its authority: NODE_EXTRA_CA_CERTS=<file with the certificate of the authority>, and use the name in the certificate.',
  noTls: 'Use redis:// in REDIS_URL, or turn TLS on in Redis (tls-port).',
};

/** The channels of the relays' adapter, as it subscribes to them: Redis compares a pattern with the user's rights to the letter. */
const RELAY_PATTERN = 'socket.io#/#*';
const RELAY_CHANNELS = ['socket.io-request#/#', 'socket.io-response#/#'];

function describe(url: string): string {
  return `Redis at ${new URL(url).host}`;
}

/** Where Redis is. */
export interface Asked {
  readonly url: string;
  /** How much longer everything takes on this machine than on an idle one. */
  readonly busy: number;
}

async function withRedis({ url, busy }: Asked, look: (redis: Redis) => Promise<Outcome>): Promise<Outcome> {
  const redis = new Redis(url, {
    connectionName: 'switchboard-doctor',
    lazyConnect: true,
    retryStrategy: () => null,
    enableOfflineQueue: false,
    enableReadyCheck: false,
    connectTimeout: PATIENCE_MS * busy,
    commandTimeout: PATIENCE_MS * busy,
  });
  // Told here and nowhere else: what `connect` rejects with says only that the connection is closed.
  let broken: Error | undefined;
  redis.on('error', (error: Error) => (broken = error));
  try {
    await redis.connect();
    return await look(redis);
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

/** Whether Redis answers, and how fast: the median of a few questions. */
export async function checkRedisAnswers({ url, busy }: Asked): Promise<Outcome> {
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
      'Messages between relays take as long: bring it nearer, or see what loads it.',
    );
  });
}

/** Whether limits can be counted there, and relays hear each other over it: does what they do, with a key that vanishes and a room that nobody is in. */
export async function checkRedisWrites(asked: Asked): Promise<Outcome> {
  return await withRedis(asked, async (redis) => {
    const id = randomUUID();
    await redis.eval("return redis.call('set', KEYS[1], '1', 'PX', 1000)", 1, `switchboard:doctor:${id}`);
    const channel = `${RELAY_PATTERN.slice(0, -1)}doctor-${id}#`;
    return await withRedis(asked, async (subscriber) => {
      // Others' events are heard as well, and dropped.
      const heard = new Promise<void>((resolve) => {
        subscriber.on('pmessage', (_pattern, from) => from === channel && resolve());
      });
      await subscriber.psubscribe(RELAY_PATTERN);
      await subscriber.subscribe(...RELAY_CHANNELS);
      const receivers = await redis.publish(channel, id);
      if (receivers === 0)
        return fail(
          'what is published there does not reach who has subscribed',
          'REDIS_URL must lead everybody to one and the same Redis.',
        );
      await heard;
      return ok();
    });
  });
}
