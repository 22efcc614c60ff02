import { createAdapter } from '@socket.io/redis-adapter';
import { isRefusal, ReconnectingRedis } from '@switchboard/redis';
import type { Logger, Metrics } from '@switchboard/telemetry';
import type { Redis } from 'ioredis';

import type { RelayServer } from '../peer.ts';

/** Publishes in progress at most; further ones are dropped. Redis accepts some tens of thousands in a second. */
const MAX_PENDING = 10_000;
/** How often a node checks whether peers have missed something. Milliseconds. */
const RESYNC_CHECK_MS = 500;

/** The other relay nodes, which are reached through Redis. */
export interface Cluster {
  /** `up`: events reach the sockets of all nodes; `down`: those of this node only. */
  state(): 'up' | 'down';
  close(): void;
}

type Listener = (...given: unknown[]) => void;

/** The part of a subscribing Redis client that the adapter uses. Subscriptions are kept and repeated on every new connection. Nothing here is awaited, so nothing rejects. */
function createSubscriptions() {
  const patterns = new Set<string>();
  const channels = new Set<string>();
  const listeners: { readonly event: string; readonly listener: Listener }[] = [];
  return {
    client: {
      psubscribe: (pattern: string) => void patterns.add(pattern),
      subscribe: (names: readonly string[]) => names.forEach((name) => channels.add(name)),
      on: (event: string, listener: Listener) => void listeners.push({ event, listener }),
      // Only called when the server closes, which ends the connection and its subscriptions.
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
  /** Called when Redis is back, after other nodes have missed events of this node. */
  readonly onResync?: () => void;
}

/**
 * Connects this node with those that use the same Redis: an event to a room reaches the room's sockets on all nodes. Redis is never awaited. While it is
 * away, this node serves its own sockets, and events for other nodes are dropped and counted. As soon as it is back, `resync` asks sockets that may have missed
 * something to catch up: those of a node that did not receive the others' events, and all sockets if something was dropped.
 */
export function joinCluster(io: RelayServer, url: string, parts: ClusterParts): Cluster {
  const { log, metrics } = parts;
  const dropped = metrics.counter(
    'relay_redis_publishes_dropped_total',
    'Events that other relay nodes did not get because Redis was away',
  );
  const published = metrics.histogram('relay_redis_publish_seconds', 'Time until Redis has accepted an event for the other relay nodes', {
    buckets: [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  });
  const resyncs = metrics.counter('relay_resyncs_total', 'Times that peers were asked to catch up, by whose', ['whose']);
  let pending = 0;
  /** Whether sockets of this node may have missed events of other nodes. True at first: sockets may connect before this node has subscribed. */
  let missedHere = true;
  /** Whether sockets of other nodes have missed events of this node. */
  let missedElsewhere = false;

  /** Whether Redis accepts the connection but refuses to publish: this node lacks the right. */
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

  // The adapter does not handle these promises, so none of them rejects.
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
    if (redis === undefined || pending >= MAX_PENDING) {
      drop();
      return 0;
    }
    pending += 1;
    const began = performance.now();
    try {
      const receivers = await redis.publish(channel, message instanceof Uint8Array ? Buffer.from(message) : message);
      published.observe((performance.now() - began) / 1_000);
      isRefused = false;
      return receivers;
    } catch (error) {
      if (isRefusal(error)) {
        isRefused = true;
        log.warn({ reason: String(error) }, 'Redis refuses the events of this node: only peers of this node are reached');
      } else log.debug({ err: error }, 'not published');
      drop();
      return 0;
    } finally {
      pending -= 1;
    }
  }

  const resyncTimer = setInterval(() => {
    if (!isUp() || !(missedHere || missedElsewhere)) return;
    resyncs.add(1, { whose: missedElsewhere ? 'everybody' : 'own' });
    (missedElsewhere ? io : io.local).emit('resync', {});
    if (missedElsewhere) parts.onResync?.();
    missedHere = false;
    missedElsewhere = false;
  }, RESYNC_CHECK_MS);

  return {
    state: () => (isUp() ? 'up' : 'down'),
    close() {
      clearInterval(resyncTimer);
      publisher.close();
      subscriber.close();
    },
  };
}
