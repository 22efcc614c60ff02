import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';

import type { Logger, Metrics } from '@switchboard/telemetry';
import type { Tokens } from '@switchboard/tokens';

import { admitConnections } from './admission/admit-connections.ts';
import { ConnectionCounter } from './admission/connection-counter.ts';
import { authenticate, MAX_CONNECTIONS_PER_IDENTITY } from './admission/handshake.ts';
import { createNewcomerLimit } from './admission/newcomer-limit.ts';
import { limitPackets } from './admission/packet-limits.ts';
import { checkOrigins, refuseUnusedFeatures, refuseWhenFull } from './admission/request-checks.ts';
import type { Revocation } from './admission/revocations.ts';
import { createRevoking } from './admission/revoking.ts';
import type { QueueCaps } from './admission/slow-readers.ts';
import { watchTcpConnections } from './admission/tcp-connections.ts';
import { joinCluster } from './cluster/cluster.ts';
import type { Config } from './config.ts';
import { drainConnections } from './drain.ts';
import { createEngine, createSocketServer, type Engine, type EngineConnection, SOCKET_PATH } from './engine/index.ts';
import { createDelivery, type Delivery } from './events/delivery.ts';
import { sayLeft } from './events/say-left.ts';
import { type HandlerTable, handlers as allHandlers } from './events/handlers/table.ts';
import { type IncomingParts, receiveEvents } from './events/incoming.ts';
import { MAX_REFUSALS } from './events/refusals.ts';
import { type Sanitize, sanitizing } from './events/sanitizing.ts';
import { createStamp } from './events/timestamp.ts';
import { startHousekeeping } from './housekeeping.ts';
import { answerRequests } from './http/operations.ts';
import { type ConnectionCounts, createRelayMetrics, type RelayMetrics } from './metrics.ts';
import { clientIpOf, identityOf, type PeerSocket, type RelayServer } from './peer.ts';
import { createRateLimit, packetsPerSecond, RATE_LIMITS, type RateLimits } from './rate-limit.ts';

/** The least that an IP address may have, whatever its limit of sockets: browsers open several connections for each page. */
const MIN_HTTP_CONNECTIONS_PER_IP = 64;
/** Time for peers and requests to end on their own when the relay stops. */
const CLOSING_MS = 2_000;

/** What a relay is made with. The optional parts have defaults for production. */
export interface RelayParts {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tokens: Pick<Tokens, 'verifyRelayToken'>;
  /** Removes markup from what is relayed; without it texts are relayed unchanged. */
  readonly sanitize?: Sanitize | undefined;
  readonly handlers?: HandlerTable;
  readonly rateLimits?: Partial<RateLimits>;
  readonly maxRefusals?: number;
  readonly queueCaps?: QueueCaps;
  /** Milliseconds since 1970, for message timestamps. */
  readonly now?: () => number;
  /** Milliseconds that never go backwards, for rate limits. */
  readonly rateClock?: () => number;
}

export interface Relay {
  /** Starts to accept connections; rejects when the port is not available. */
  listen(): Promise<{ port: number }>;
  /** Reports "not ready", accepts no more connections, ends the existing ones gradually (see `drainConnections`), and resolves when all have ended. */
  close(): Promise<void>;
  /** Counts an unhandled error. */
  countStrayError(): void;
}

function countConnections(io: RelayServer, delivery: Delivery): ConnectionCounts {
  const all = io.of('/').sockets;
  let clients = 0;
  for (const socket of all.values()) if (socket.data.sender?.role === 'client') clients += 1;
  const operators = delivery.operatorSockets();
  return { client: clients, operator: operators, none: all.size - clients - operators };
}

/** Makes a function that logs when a connection begins and ends, and says to other operators that one has left. */
function watchConnections(log: Logger, delivery: Delivery): (socket: PeerSocket) => void {
  function onDisconnect(this: PeerSocket, reason: string): void {
    sayLeft(this, delivery);
    log.info({ socketId: this.id, role: this.data.sender?.role ?? 'none', reason }, 'disconnected');
    // A connection connects once: without its socket it has no more use.
    this.conn.close();
  }
  // Socket.IO ends the connection; without a listener it would also write to standard error.
  function onError(this: PeerSocket, error: Error): void {
    log.info({ socketId: this.id, err: error }, 'broken packet');
  }
  return (socket) => {
    log.info({ socketId: socket.id, transport: socket.conn.transport.name, identity: identityOf(socket) }, 'connected');
    socket.on('disconnect', onDisconnect);
    socket.on('error', onError);
  };
}

interface Guard {
  readonly engine: Engine;
  readonly config: Config;
  readonly rateLimits: RateLimits;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
}

/** Installs every limit on connections, from TCP to the checks before the handshake. Call it after Socket.IO was attached. */
function guardConnections(io: RelayServer, http: HttpServer, { engine, config, rateLimits, log, metrics }: Guard) {
  const { trustedHops, bufferBytes } = config;
  const tcp = watchTcpConnections(http, {
    path: SOCKET_PATH,
    upgrades: config.transports.includes('websocket'),
    // A polling client has two.
    maxPerIp: Math.max(MIN_HTTP_CONNECTIONS_PER_IP, 2 * config.maxConnectionsPerAddress),
    behindProxy: trustedHops > 0,
    metrics,
  });
  const counter = new ConnectionCounter<EngineConnection>({
    total: config.maxConnections,
    perIp: config.maxConnectionsPerAddress,
    perIdentity: MAX_CONNECTIONS_PER_IDENTITY,
  });
  checkOrigins(io, config.allowedOrigins, log, metrics);
  refuseUnusedFeatures(io);
  refuseWhenFull(io, () => counter.hasRoom, metrics);
  const sweeps = [
    () => tcp.sweep(),
    admitConnections(io, { engine, counter, trustedHops, bufferBytes, log, metrics }),
    limitPackets(io, { maximum: packetsPerSecond(rateLimits), log, metrics }),
  ];
  return { counter, open: tcp.open, sweeps };
}

async function listenOn(http: HttpServer, config: Config): Promise<{ port: number }> {
  http.listen({ port: config.port, ...(config.host === undefined ? {} : { host: config.host }) });
  await once(http, 'listening');
  const address = http.address();
  return { port: typeof address === 'object' && address !== null ? address.port : config.port };
}

/** A relay that does not listen yet. It keeps no state but its connections. */
export function createRelay(config: Config, parts: RelayParts): Relay {
  const { log, tokens } = parts;
  const metrics = createRelayMetrics(parts.metrics);
  let closing: Promise<void> | undefined;

  const { io, bytesOf } = createSocketServer(config, () => metrics.brokenPackets.add());
  const revoking = createRevoking(io, config.redisUrl !== undefined, log);
  const cluster =
    config.redisUrl === undefined ? undefined : joinCluster(io, config.redisUrl, { ...parts, onResync: () => revoking.repeat() });
  const unchanged = createDelivery(io, config.redisUrl !== undefined);
  const delivery = parts.sanitize === undefined ? unchanged : sanitizing(unchanged, parts.sanitize);
  const operations = {
    tokens,
    delivery,
    log,
    metrics,
    connectionCounts: () => countConnections(io, delivery),
    isDraining: () => closing !== undefined,
    redis: () => cluster?.state(),
    onRevoked: (revocation: Revocation) => revoking.revoke(revocation),
    node: randomUUID(),
    metricsToken: config.metricsToken,
  };
  const http = createServer(answerRequests(operations));
  io.attach(http);
  const engine = createEngine(io, { shortcuts: config.engineShortcuts, isCompressed: config.compression !== undefined });
  const rateLimits = { ...RATE_LIMITS, ...parts.rateLimits };
  const guarded = guardConnections(io, http, { engine, config, rateLimits, log, metrics });
  const { counter } = guarded;
  const rateLimit = createRateLimit(parts.rateClock);
  const newcomers = createNewcomerLimit(config.newcomersPerMinute, parts.rateClock);
  const incoming: IncomingParts = {
    engine,
    handlers: parts.handlers ?? allHandlers,
    context: {
      delivery,
      allowAnonymousClients: config.allowAnonymousClients,
      countNewcomer: (socket: PeerSocket) => newcomers.count(clientIpOf(socket)),
    },
    rateLimit,
    rateLimits,
    maxPayloadBytes: config.maxPayloadBytes,
    maxAnonymousPayloadBytes: config.maxAnonymousPayloadBytes,
    maxRefusals: parts.maxRefusals ?? MAX_REFUSALS,
    bytesOf,
    stamp: createStamp(parts.now),
    log,
    metrics,
  };
  const watchConnection = watchConnections(log, delivery);
  const { revocations } = revoking;
  io.use(authenticate({ tokens, revocations, counter, log, metrics }));
  io.on('connection', (socket) => {
    revoking.watch(socket);
    watchConnection(socket);
    receiveEvents(socket, incoming);
    engine.releaseRequest(socket);
  });
  const sweeps = [() => rateLimit.sweep(), () => newcomers.sweep(), () => revocations.sweep(Date.now() / 1_000), ...guarded.sweeps];
  const queueCaps = parts.queueCaps ?? { packets: 1_000, bytes: Math.max(16_000_000, 4 * config.maxPayloadBytes) };
  const stopHousekeeping = startHousekeeping({ io, engine, queueCaps, log, metrics, sweeps });

  async function close(): Promise<void> {
    // From now on the system refuses new connections, and their clients try another node.
    http.close();
    await drainConnections([...io.of('/').sockets.values()], config.drainMs);
    stopHousekeeping();
    // A peer that does not acknowledge the close would delay the stop by half a minute.
    const closingTimeout = setTimeout(() => {
      for (const connection of guarded.open) connection.destroy();
    }, CLOSING_MS);
    await io.close();
    cluster?.close();
    clearTimeout(closingTimeout);
  }

  return {
    listen: async () => await listenOn(http, config),
    close: async () => await (closing ??= close()),
    countStrayError: () => metrics.strayErrors.add(),
  };
}
