import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';

import { UNKNOWN_ADDRESS } from '@switchboard/limits/address';
import type { Logger, Metrics } from '@switchboard/telemetry';
import type { Tokens } from '@switchboard/tokens';

import { admitConnections } from './admission/admission.ts';
import { joinCluster } from './cluster/cluster.ts';
import type { Config } from './config.ts';
import { ConnectionCounter } from './admission/connection-counter.ts';
import { createDelivery, type Delivery } from './events/delivery.ts';
import { sayGoodbye } from './drain.ts';
import type { EngineConnection } from './engine/engine.ts';
import { checkOrigins, forgetRequests, refuseLeftovers, refuseWhenFull } from './admission/engine-requests.ts';
import { type HandlerTable, handlers as allHandlers } from './events/handlers/table.ts';
import { authenticate, MAX_CONNECTIONS_PER_IDENTITY } from './admission/handshake.ts';
import { keepHouse } from './housekeeping.ts';
import { listen as listenTo } from './events/incoming.ts';
import { type ConnectionCounts, createRelayMetrics, type RelayMetrics } from './metrics.ts';
import { createNewcomerLimit } from './admission/newcomer-limit.ts';
import { answerRequests } from './http/operations.ts';
import { limitPackets } from './admission/packet-limits.ts';
import { identityOf, type PeerSocket, type RelayServer } from './peer.ts';
import { createRateLimit, RATE_LIMITS, type RateLimits, packetsPerSecond } from './rate-limit.ts';
import { MAX_REFUSALS } from './events/refusals.ts';
import type { Revocation } from './admission/revocations.ts';
import { createRevoking } from './admission/revoking.ts';
import { type Sanitize, sanitizing } from './events/sanitizing.ts';
import type { QueueCaps } from './admission/slow-readers.ts';
import { createSocketServer, SOCKET_PATH } from './engine/socket-server.ts';
import { watchConnections } from './admission/tcp.ts';
import { createStamp } from './events/timestamp.ts';
import { writeOncePerTurn } from './engine/write-coalescing.ts';

/** However few sockets an address may have: browsers open some connections for each page. */
const MIN_HTTP_CONNECTIONS_PER_ADDRESS = 64;
/** How long peers and requests under way have to end by themselves when the relay stops. */
const CLOSING_MS = 2_000;

/** What a relay is made with. The optional parts have defaults for production. */
export interface RelayParts {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly tokens: Pick<Tokens, 'verifyRelayToken'>;
  /** Takes markup out of what is relayed; unless given it is relayed as it comes. */
  readonly sanitize?: Sanitize | undefined;
  readonly handlers?: HandlerTable;
  readonly rateLimits?: Partial<RateLimits>;
  readonly maxRefusals?: number;
  readonly queueCaps?: QueueCaps;
  /** Milliseconds since 1970, for message timestamps. */
  readonly now?: () => number;
  /** Milliseconds that never go backwards, for the limits of a second. */
  readonly rateClock?: () => number;
}

export interface Relay {
  /** Starts to accept connections; rejects when the port can't be had. */
  listen(): Promise<{ port: number }>;
  /** Says "not ready", takes no connection any more, ends those there are little by little (see `sayGoodbye`), and resolves when all is quiet. */
  close(): Promise<void>;
  /** Counts an error that nobody handled. */
  countStrayError(): void;
}

function countConnections(io: RelayServer, delivery: Delivery): ConnectionCounts {
  const all = io.of('/').sockets;
  let clients = 0;
  for (const socket of all.values()) if (socket.data.sender?.role === 'client') clients += 1;
  const operators = delivery.operatorSockets();
  return { client: clients, operator: operators, none: all.size - clients - operators };
}

/** Makes a function that logs when a connection begins and ends. */
function connectionLog(log: Logger): (socket: PeerSocket) => void {
  function onDisconnect(this: PeerSocket, reason: string): void {
    log.info({ socketId: this.id, role: this.data.sender?.role ?? 'none', reason }, 'disconnected');
    // It connects once; a peer that has left and stays on the connection would only hold it.
    this.conn.close();
  }
  // Socket.IO ends the connection itself; without a listener it would write to standard error.
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
  readonly config: Config;
  readonly rateLimits: RateLimits;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
}

/** Everything that keeps connections within bounds, from TCP up to what is asked before the handshake. Call it after Socket.IO was attached. */
function guardConnections(io: RelayServer, http: HttpServer, { config, rateLimits, log, metrics }: Guard) {
  const tcp = watchConnections(http, {
    path: SOCKET_PATH,
    upgrades: config.transports.includes('websocket'),
    // A polling peer has two.
    maxPerAddress: Math.max(MIN_HTTP_CONNECTIONS_PER_ADDRESS, 2 * config.maxConnectionsPerAddress),
    behindProxy: config.trustedHops > 0,
    metrics,
  });
  const counter = new ConnectionCounter<EngineConnection>({
    total: config.maxConnections,
    perAddress: config.maxConnectionsPerAddress,
    perIdentity: MAX_CONNECTIONS_PER_IDENTITY,
  });
  checkOrigins(io, config.allowedOrigins, log, metrics);
  refuseLeftovers(io);
  refuseWhenFull(io, () => counter.hasRoom, metrics);
  const sweeps = [
    () => tcp.sweep(),
    admitConnections(io, { counter, trustedHops: config.trustedHops, bufferBytes: config.bufferBytes, log, metrics }),
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

/** A relay, not listening yet. It keeps nothing but its connections. */
export function createRelay(config: Config, parts: RelayParts): Relay {
  const { log, tokens } = parts;
  const metrics = createRelayMetrics(parts.metrics);
  let closing: Promise<void> | undefined;

  const { io, bytesOf } = createSocketServer(config, () => metrics.brokenPackets.add());
  const revoking = createRevoking(io, config.redisUrl !== undefined, log);
  const cluster =
    config.redisUrl === undefined ? undefined : joinCluster(io, config.redisUrl, { ...parts, onMadeUp: () => revoking.repeat() });
  const plain = createDelivery(io);
  const delivery = parts.sanitize === undefined ? plain : sanitizing(plain, parts.sanitize);
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
  const rateLimits = { ...RATE_LIMITS, ...parts.rateLimits };
  const guarded = guardConnections(io, http, { config, rateLimits, log, metrics });
  const { counter } = guarded;
  writeOncePerTurn(io);
  const forgetRequest = forgetRequests(io);
  const rateLimit = createRateLimit(parts.rateClock);
  const newcomers = createNewcomerLimit(config.newcomersPerMinute, parts.rateClock);
  const addressOf = (socket: PeerSocket) => (socket.data.address ??= counter.addressOf(socket.conn) ?? UNKNOWN_ADDRESS);
  const queueCaps = parts.queueCaps ?? { packets: 1_000, bytes: Math.max(16_000_000, 4 * config.maxPayloadBytes) };
  const door = {
    handlers: parts.handlers ?? allHandlers,
    context: {
      delivery,
      allowAnonymousClients: config.allowAnonymousClients,
      countNewcomer: (socket: PeerSocket) => newcomers.count(addressOf(socket)),
    },
    rateLimit,
    rateLimits,
    addressOf,
    maxPayloadBytes: config.maxPayloadBytes,
    maxAnonymousPayloadBytes: config.maxAnonymousPayloadBytes,
    maxRefusals: parts.maxRefusals ?? MAX_REFUSALS,
    bytesOf,
    stamp: createStamp(parts.now),
    log,
    metrics,
  };
  const watchConnection = connectionLog(log);
  const { revocations } = revoking;
  io.use(authenticate({ tokens, revocations, counter, log, metrics }));
  io.on('connection', (socket) => {
    revoking.watch(socket);
    watchConnection(socket);
    listenTo(socket, door);
    addressOf(socket);
    forgetRequest(socket);
  });
  const sweeps = [() => rateLimit.sweep(), () => newcomers.sweep(), () => revocations.sweep(Date.now() / 1_000), ...guarded.sweeps];
  const stopHousekeeping = keepHouse({ io, queueCaps, log, metrics, sweeps });

  async function close(): Promise<void> {
    // Whoever connects from now on is told by the system that nobody listens, and goes to another node.
    http.close();
    await sayGoodbye([...io.of('/').sockets.values()], config.drainMs);
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
