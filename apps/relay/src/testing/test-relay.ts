import type { Acknowledgement, RelayClaims, RelayEventMap } from '@switchboard/protocol';
import { createMetrics, type Logger } from '@switchboard/telemetry';
import { createTokens, type Tokens } from '@switchboard/tokens';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

import { anonymousPayloadBytes, bufferBytes, type Config, environment } from '../config.ts';
import { createRelay, type RelayParts } from '../server.ts';

export const TEST_SECRET = 'a secret for tests, long enough for HS256';
const ORIGIN = 'https://chat.example';
const TIMEOUT_MS = 60_000;

interface ReceivedEvent {
  readonly event: string;
  readonly payload: Record<string, unknown>;
}

/** A real client over a real connection, which records everything that it receives. */
export interface TestPeer {
  readonly socket: Socket;
  readonly received: readonly ReceivedEvent[];
  /** Payloads of one event, in the order received. */
  of(event: keyof RelayEventMap): Record<string, unknown>[];
  /** Sends an event and resolves with its acknowledgement. */
  ask(event: string, ...payload: unknown[]): Promise<Acknowledgement>;
  /** Resolves when everything that the relay has sent to this peer until now has arrived: an acknowledgement keeps the order. */
  settled(): Promise<void>;
}

interface LogLine {
  readonly level: string;
  readonly fields: Record<string, unknown>;
  readonly message: string;
}

export interface TestRelay {
  readonly url: string;
  readonly tokens: Tokens;
  readonly log: readonly LogLine[];
  connect(token?: unknown, options?: Partial<ManagerOptions & SocketOptions>): Promise<TestPeer>;
  /** Connects and joins with a token for these claims. */
  operator(id: number, name: string): Promise<TestPeer>;
  visitor(sessionId: string, name: string, id?: number): Promise<TestPeer>;
  /** Joins as an old front-end, without a token. Its address is the socket id. */
  anonymous(name?: string): Promise<TestPeer>;
  mint(claims: RelayClaims): Promise<string>;
  metrics(): Promise<string>;
  /** Stops only the relay, so that its peers can be observed. */
  stop(): Promise<void>;
  /** Disconnects the peers, then stops the relay. */
  close(): Promise<void>;
}

function recorder(lines: LogLine[]): Logger {
  const write = (level: string) => (fields: object, message: string) => void lines.push({ level, fields: { ...fields }, message });
  const log: Logger = { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error'), child: () => log };
  return log;
}

function wrap(socket: Socket): TestPeer {
  const received: ReceivedEvent[] = [];
  socket.onAny((event: string, payload: Record<string, unknown>) => void received.push({ event, payload }));
  const ask = async (event: string, ...payload: unknown[]) =>
    (await socket.timeout(TIMEOUT_MS).emitWithAck(event, ...payload)) as Acknowledgement;
  return {
    socket,
    received,
    of: (event) => received.filter((entry) => entry.event === event).map((entry) => entry.payload),
    ask,
    async settled() {
      await ask('an event that the relay does not know');
    },
  };
}

/** Connects; rejects with the `connect_error`. */
async function connected(socket: Socket): Promise<TestPeer> {
  const peer = wrap(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
    socket.connect();
  });
  return peer;
}

/** Starts a new relay on a free port of the loopback interface. Close it afterwards, which also disconnects its peers. */
export async function startRelay(config: Partial<Config> = {}, parts: Partial<RelayParts> = {}): Promise<TestRelay> {
  const lines: LogLine[] = [];
  const metrics = createMetrics('relay');
  const tokens = createTokens([TEST_SECRET]);
  const relay = createRelay(
    {
      port: 0,
      host: '127.0.0.1',
      allowedOrigins: [ORIGIN],
      jwtSecrets: [TEST_SECRET],
      allowAnonymousClients: true,
      sanitizeHtml: false,
      maxPayloadBytes: 1_000_000,
      maxAnonymousPayloadBytes: anonymousPayloadBytes(config.maxPayloadBytes),
      bufferBytes: bufferBytes(undefined, config.maxPayloadBytes ?? 1_000_000),
      transports: ['websocket', 'polling'],
      pingIntervalMs: 10_000,
      pingTimeoutMs: 5_000,
      upgradeTimeoutMs: 10_000,
      compression: undefined,
      maxConnections: 1_000,
      maxConnectionsPerAddress: 1_000,
      newcomersPerMinute: 1_000,
      trustedHops: 0,
      logLevel: 'info',
      redisUrl: undefined,
      drainMs: 10_000,
      metricsToken: undefined,
      engineShortcuts: environment()['SOCKET_ENGINE_SHORTCUTS'] !== 'false',
      ...config,
    },
    { log: recorder(lines), metrics, tokens, ...parts },
  );
  const { port } = await relay.listen();
  const url = `http://127.0.0.1:${port}`;
  const sockets: Socket[] = [];

  const connect: TestRelay['connect'] = async (token, options) => {
    const socket = io(url, {
      path: '/chat',
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      autoConnect: false,
      ...(token === undefined ? {} : { auth: { token } }),
      ...options,
    });
    sockets.push(socket);
    return await connected(socket);
  };
  const mint = async (claims: RelayClaims) => (await tokens.mintRelayToken(claims)).token;
  const join = async (peer: TestPeer, payload: object) => {
    const answer = await peer.ask('join', payload);
    if (!answer.ok) throw new Error(answer.error.message);
    return peer;
  };
  return {
    url,
    tokens,
    log: lines,
    connect,
    mint,
    operator: async (id, name) =>
      await join(await connect(await mint({ role: 'operator', id, name })), { role: 'operator', name, operatorId: id }),
    visitor: async (sessionId, name, id = 1) =>
      await join(await connect(await mint({ role: 'client', id, name, sessionId })), { role: 'client', name }),
    anonymous: async (name) => await join(await connect(), { role: 'client', ...(name === undefined ? {} : { name }) }),
    metrics: async () => await (await fetch(`${url}/metrics`)).text(),
    stop: async () => await relay.close(),
    async close() {
      for (const socket of sockets) socket.disconnect();
      await relay.close();
    },
  };
}
