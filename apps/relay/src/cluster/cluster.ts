import { createAdapter } from '@socket.io/redis-adapter';
import { isRefusal, ReconnectingRedis } from '@switchboard/redis';
import type { Logger, Metrics } from '@switchboard/telemetry';
import type { Redis } from 'ioredis';

import type { RelayServer } from '../peer.ts';

/** Publishes under way at once; past it they are dropped. Redis takes some tens of thousands in a second. */
const MAX_UNDER_WAY = 10_000;
/** How often a node looks whether there is something to make up for. Milliseconds. */
const MAKE_UP_MS = 500;

/** The other relay nodes, as far as Redis lets us reach them. */
export interface Cluster {
  /** `up`: what is sent here reaches the sockets of all nodes; `down`: those of this node only. */
  state(): 'up' | 'down';
  close(): void;
}

type Listener = (...given: unknown[]) => void;

/** What the adapter asks of a client that subscribes: kept, and said again on every new connection. Nothing here is waited for, so nothing rejects. */
function createSubscriptions() {
  const patterns = new Set<string>();
  const channels = new Set<string>();
  const listeners: { readonly event: string; readonly listener: Listener }[] = [];
  return {
    client: {
      psubscribe: (pattern: string) => void patterns.add(pattern),
      subscribe: (names: readonly string[]) => names.forEach((name) => channels.add(name)),
      on: (event: string, listener: Listener) => void listeners.push({ event, listener }),
      // Only asked for when the server closes: then the connection goes, and its subscriptions with it.
      punsubscribe: () => undefined,
      unsubscribe: () => undefined,
      off: () => undefined,
    },
    async prepare(redis: Redis): Promise<void> {
      for (const { event, listener } of listeners) redis.on(event, listener);
      await redis.psubscribe(...patterns);
      await redis.subscribe(...channels);
    },
  };
}

export interface ClusterParts {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Redis is back, after other nodes have missed something that this one sent. */
  readonly onMadeUp?: () => void;
}

/**
 * Joins this node with those that use the same Redis: what is sent to a room reaches the room's sockets on all nodes. Redis is never waited for. While
 * it is away, sockets of this node go on as if alone, and what other nodes miss is dropped and counted; as soon as it is back, whoever may have missed
 * something is told by `resync`: the sockets of a node that did not hear the others, and everybody when something was dropped.
 */
export function joinCluster(io: RelayServer, url: string, parts: ClusterParts): Cluster {
  const { log, metrics } = parts;
  const dropped = metrics.counter(
    'relay_redis_publishes_dropped_total',
    'Events that other relay nodes did not get because Redis was away',
  );
  const published = metrics.histogram('relay_redis_publish_seconds', 'Time until Redis has taken an event for the other relay nodes', {
    buckets: [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  });
  const resyncs = metrics.counter('relay_resyncs_total', 'Times that peers were told to look for what they missed, by whose', ['whose']);
  let underWay = 0;
  /** Sockets of this node may have missed what others sent. So may who connects before this node hears the others for the first time. */
  let missedHere = true;
  /** Sockets of other nodes have missed what this one sent. */
  let missedElsewhere = false;

  /** Redis takes the connection, and refuses what this node sends: it may not publish there. */
  let isRefused = false;

  const connectAs = (role: 'publisher' | 'subscriber', prepare?: (redis: Redis) => Promise<unknown>) =>
    new ReconnectingRedis({
      url,
      name: `switchboard-relay-${role}`,
      ...(prepare === undefined ? {} : { prepare }),
      onUp: () => log.info({ link: role }, 'connected to Redis'),
      onDown: (reason) => {
        missedHere = true;
        log.warn({ link: role, reason }, 'Redis is away: only peers of this node are reached');
      },
    });

  // The adapter drops the promises it is given: none of these rejects.
  const publishing = { publish, on: () => undefined, off: () => undefined };
  const subscriptions = createSubscriptions();
  io.adapter(createAdapter(publishing, subscriptions.client));
  const publisher = connectAs('publisher');
  const subscriber = connectAs('subscriber', async (redis) => await subscriptions.prepare(redis));
  const isUp = () => publisher.redis !== undefined && subscriber.redis !== undefined && !isRefused;
  metrics.gauge('relay_redis_up', 'Whether Redis is there, so that events reach the other relay nodes', { read: () => Number(isUp()) });

  function drop(): void {
    missedElsewhere = true;
    dropped.add();
  }

  async function publish(channel: string, message: string | Uint8Array): Promise<number> {
    const { redis } = publisher;
    if (redis === undefined || underWay >= MAX_UNDER_WAY) {
      drop();
      return 0;
    }
    underWay += 1;
    const began = performance.now();
    try {
      const receivers = await redis.publish(channel, message instanceof Uint8Array ? Buffer.from(message) : message);
      published.observe((performance.now() - began) / 1_000);
      isRefused = false;
      return receivers;
    } catch (error) {
      if (isRefusal(error)) {
        isRefused = true;
        log.warn({ reason: String(error) }, 'Redis refuses what this node sends to the others: only peers of this node are reached');
      } else log.debug({ err: error }, 'not published');
      drop();
      return 0;
    } finally {
      underWay -= 1;
    }
  }

  const makeUp = setInterval(() => {
    if (!isUp() || !(missedHere || missedElsewhere)) return;
    resyncs.add(1, { whose: missedElsewhere ? 'everybody' : 'own' });
    (missedElsewhere ? io : io.local).emit('resync', {});
    if (missedElsewhere) parts.onMadeUp?.();
    missedHere = false;
    missedElsewhere = false;
  }, MAKE_UP_MS);

  return {
    state: () => (isUp() ? 'up' : 'down'),
    close() {
      clearInterval(makeUp);
      publisher.close();
      subscriber.close();
    },
  };
}
