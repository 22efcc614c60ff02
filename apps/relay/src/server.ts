import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { Socket as Connection } from 'node:net';

import { clientAddress, limitKey } from '@switchboard/limits/address';
import { ChatError } from '@switchboard/protocol';
import type { Logger, Metrics } from '@switchboard/telemetry';
import type { Tokens } from '@switchboard/tokens';
import { Server } from 'socket.io';

import { joinCluster } from './cluster/cluster.ts';
import type { Config } from './config.ts';
import { Crowd } from './crowd.ts';
import { createDelivery, type Delivery } from './delivery.ts';
import { sayGoodbye } from './drain.ts';
import { type HandlerTable, handlers as allHandlers } from './handlers/table.ts';
import { authenticate } from './handshake.ts';
import { answerError } from './http-answer.ts';
import { keepHouse } from './housekeeping.ts';
import { listen as listenTo } from './incoming.ts';
import { type Census, createRelayMetrics, type RelayMetrics } from './metrics.ts';
import { answerRequests } from './operations.ts';
import { isAllowedOrigin } from './origin.ts';
import { textParser } from './parser.ts';
import { identityOf, type PeerSocket, type RelayServer } from './peer.ts';
import { createRateLimit, PACES, type Paces } from './rate-limit.ts';
import { MAX_REFUSALS } from './refusals.ts';
import type { Revocation } from './revocations.ts';
import { createRevoking } from './revoking.ts';
import { type Sanitize, sanitizing } from './sanitizing.ts';
import type { QueueCaps } from './slow-readers.ts';
import { createStamp } from './timestamp.ts';
import { writeOncePerTurn } from './turns.ts';

/** Who has a line and says nothing on it is gone after this. Milliseconds. */
const CONNECT_TIMEOUT_MS = 10_000;
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
  readonly paces?: Paces;
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

function createSocketServer(config: Config) {
  const { parser, bytesOf } = textParser();
  const io: RelayServer = new Server({
    path: '/chat',
    transports: ['websocket', 'polling'],
    serveClient: false,
    parser,
    cors: { origin: [...config.allowedOrigins], credentials: true },
    // The engine ends a connection that sends more than this at once. The band below it, down to the configured limit, is answered with an error.
    maxHttpBufferSize: config.maxPayloadBytes + Math.min(config.maxPayloadBytes, 1_000_000),
    // Compression holds tens of kilobytes for every connection; chat messages are short.
    perMessageDeflate: false,
    pingInterval: 25_000,
    pingTimeout: 20_000,
    connectTimeout: CONNECT_TIMEOUT_MS,
  });
  return { io, bytesOf };
}

/** Checks the origin of every request to Socket.IO: not of the first alone (as `allowRequest` would), of each one that follows in a connection too. */
function checkOrigins(io: RelayServer, allowed: readonly string[], log: Logger, metrics: RelayMetrics): void {
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: (error?: Error) => void) => {
    if (isAllowedOrigin(request, allowed)) return next();
    metrics.originsRefused.add();
    log.info({ origin: request.headers.origin }, 'origin refused');
    // For an upgrade the response is a stand-in, which the engine turns into a refusal of its own.
    if (request.headers.upgrade !== undefined) return next(new Error('Origin not allowed'));
    answerError(response, new ChatError('forbidden', 'Origin not allowed'));
  });
}

/** Sends away who would be one too many for this node; what is connected goes on. */
function refuseWhenFull(io: RelayServer, maxConnections: number, metrics: RelayMetrics): void {
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: (error?: Error) => void) => {
    const isNew = !/[?&]sid=/.test(request.url ?? '');
    if (!isNew || io.engine.clientsCount < maxConnections) return next();
    metrics.connectionsRefused.add(1, { why: 'node' });
    if (request.headers.upgrade !== undefined) return next(new Error('Too many connections'));
    answerError(response, new ChatError('unavailable', 'Too many connections', { retryAfterSeconds: 5 }));
  });
}

/** Says where a socket comes from, as limits count it. */
function addressReader(trustedHops: number): (socket: PeerSocket) => string {
  return ({ data, handshake: { address, headers } }) =>
    (data.address ??= limitKey(clientAddress(address, headers['x-forwarded-for'], trustedHops)));
}

/**
 * Lets go of the request that a connection began with, its headers and its token, once the connection was let in: they are a fifth of what a quiet
 * connection would hold, and nobody looks again.
 */
function forgetRequests(io: RelayServer): (socket: PeerSocket) => void {
  io.engine.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
    // Kept where it will be looked for: a table of ten thousand of them would be felt.
    if (request.headers.upgrade !== undefined) Object.assign(request, { response });
    next();
  });
  return ({ conn, handshake }) => {
    // What the engine passes off as the response of an upgrade listens for the end of the connection, and holds the request until then.
    const { response } = conn.request as IncomingMessage & { readonly response?: ServerResponse };
    if (response !== undefined) Object.assign(response, { req: undefined });
    Object.assign(conn, { request: undefined });
    Object.assign(handshake, { headers: {}, query: {}, auth: {} });
  };
}

/** Keeps the connections at hand, upgraded ones too, which Node's own server loses sight of. */
function trackConnections(http: HttpServer, metrics: RelayMetrics): ReadonlySet<Connection> {
  const connections = new Set<Connection>();
  function forget(this: Connection): void {
    connections.delete(this);
    metrics.addTraffic(this);
  }
  http.on('connection', (connection) => {
    connections.add(connection);
    connection.once('close', forget);
  });
  metrics.watchTraffic(connections);
  return connections;
}

function censusOf(io: RelayServer, delivery: Delivery): Census {
  const all = io.of('/').sockets;
  let clients = 0;
  for (const socket of all.values()) if (socket.data.sender?.role === 'client') clients += 1;
  const operators = delivery.operatorSockets();
  return { client: clients, operator: operators, none: all.size - clients - operators };
}

/** Makes what tells the log of a connection's beginning and end. */
function connectionLog(log: Logger, metrics: RelayMetrics): (socket: PeerSocket) => void {
  function onDisconnect(this: PeerSocket, reason: string): void {
    log.info({ socketId: this.id, role: this.data.sender?.role ?? 'none', reason }, 'disconnected');
  }
  // Socket.IO ends the connection itself; without a listener it would write to standard error.
  function onError(this: PeerSocket, error: Error): void {
    metrics.brokenPackets.add();
    log.info({ socketId: this.id, err: error }, 'broken packet');
  }
  return (socket) => {
    log.info({ socketId: socket.id, transport: socket.conn.transport.name, identity: identityOf(socket) }, 'connected');
    socket.on('disconnect', onDisconnect);
    socket.on('error', onError);
  };
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

  const { io, bytesOf } = createSocketServer(config);
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
    census: () => censusOf(io, delivery),
    isDraining: () => closing !== undefined,
    redis: () => cluster?.state(),
    onRevoked: (revocation: Revocation) => revoking.revoke(revocation),
    node: randomUUID(),
    metricsToken: config.metricsToken,
  };
  const http = createServer(answerRequests(operations));
  const connections = trackConnections(http, metrics);
  io.attach(http);
  writeOncePerTurn(io);
  checkOrigins(io, config.allowedOrigins, log, metrics);
  refuseWhenFull(io, config.maxConnections, metrics);
  const forgetRequest = forgetRequests(io);
  const rateLimit = createRateLimit(parts.rateClock);
  const addressOf = addressReader(config.trustedHops);
  const queueCaps = parts.queueCaps ?? { packets: 1_000, bytes: Math.max(16_000_000, 4 * config.maxPayloadBytes) };
  const door = {
    handlers: parts.handlers ?? allHandlers,
    context: { delivery, allowAnonymousClients: config.allowAnonymousClients },
    rateLimit,
    paces: parts.paces ?? PACES,
    addressOf,
    maxPayloadBytes: config.maxPayloadBytes,
    maxRefusals: parts.maxRefusals ?? MAX_REFUSALS,
    bytesOf,
    stamp: createStamp(parts.now),
    log,
    metrics,
  };
  const crowd = new Crowd();
  const watchConnection = connectionLog(log, metrics);
  const { revocations } = revoking;
  io.use(authenticate({ tokens, revocations, crowd, addressOf, maxPerAddress: config.maxConnectionsPerAddress, log, metrics }));
  io.on('connection', (socket) => {
    revoking.watch(socket);
    watchConnection(socket);
    listenTo(socket, door);
    addressOf(socket);
    forgetRequest(socket);
  });
  const sweeps = [() => rateLimit.sweep(), () => revocations.sweep(Date.now() / 1_000)];
  const stopHousekeeping = keepHouse({ io, queueCaps, log, metrics, sweeps });

  async function close(): Promise<void> {
    // Whoever connects from now on is told by the system that nobody listens, and goes to another node.
    http.close();
    await sayGoodbye([...io.of('/').sockets.values()], config.drainMs);
    stopHousekeeping();
    // A peer that does not answer the good-bye would keep us for half a minute.
    const impatience = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, CLOSING_MS);
    await io.close();
    cluster?.close();
    clearTimeout(impatience);
  }

  return {
    listen: async () => await listenOn(http, config),
    close: async () => await (closing ??= close()),
    countStrayError: () => metrics.strayErrors.add(),
  };
}
