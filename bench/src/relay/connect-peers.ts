import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { Server } from './server-process.ts';
import { Stopwatch } from './stopwatch.ts';
import type { Received, Peer } from './protocol/dialect.ts';
import { type LoadWebSocket, openWebSocket } from './protocol/web-socket.ts';

/** Peers that connect at the same time. */
const AT_ONCE = 64;
/** IP addresses of this machine from which connections are made, in turn: one address has ports for about 28,000. */
const SOURCES = 8;
const ARRIVALS_WITHIN_MS = 60_000;

/** A peer that has connected and joined. */
interface ConnectedPeer {
  readonly peer: Peer;
  /** The address by which the server routes to it. */
  readonly address: string;
  readonly socket: LoadWebSocket;
}

/** Visitors and operators connected to one server. What they receive is counted, and its latency where the text has a time. */
export interface PeerGroup {
  readonly server: Server;
  readonly visitors: readonly ConnectedPeer[];
  readonly operators: readonly ConnectedPeer[];
  readonly received: Readonly<Record<Received, number>>;
  /** Milliseconds from sending to receiving of the messages with a time, since the array was last emptied. */
  readonly latencies: number[];
  /** One for each peer that could not connect, and for each that the server has disconnected since. */
  readonly failures: readonly string[];
  /** Milliseconds until all peers had joined, and the operators were notified of all visitors. */
  readonly connectedInMs: number;
  close(): void;
}

/** Connects the peers of one group. */
class Connector {
  readonly received: Record<Received, number> = { delivery: 0, acknowledgement: 0, arrival: 0, refusal: 0, ping: 0, other: 0 };
  readonly latencies: number[] = [];
  readonly failures: string[] = [];
  readonly #server: Server;
  readonly #stopwatches = { client: new Stopwatch(), operator: new Stopwatch() };
  #isOver = false;

  constructor(server: Server) {
    this.#server = server;
  }

  close(): void {
    this.#isOver = true;
  }

  /** @throws Error when the server refuses this peer */
  async connect(peer: Peer): Promise<ConnectedPeer> {
    const { port, contestant } = this.#server;
    const { dialect } = contestant;
    return await new Promise((resolve, reject) => {
      let address: string | undefined;
      let socket: LoadWebSocket | undefined;
      const step = (received: string | undefined) => {
        const { send, address: reached } = dialect.enter(peer, received);
        for (const text of send) socket?.send(text);
        address = reached;
        if (reached !== undefined && socket !== undefined) resolve({ peer, address: reached, socket });
      };
      const onText = (bytes: Buffer, start: number, end: number) => {
        if (address !== undefined) return this.#receive(peer, socket, bytes, start, end);
        try {
          step(bytes.toString('utf8', start, end));
        } catch (error) {
          socket?.close();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const onEnd = (reason: Error) => {
        if (address !== undefined && !this.#isOver) this.failures.push(`${peer.role} ${peer.id}: ${reason.message}`);
        reject(reason);
      };
      const onOpen = (opened: LoadWebSocket) => {
        socket = opened;
        step(undefined);
      };
      openWebSocket({ port, path: dialect.path, from: `127.0.0.${1 + (peer.id % SOURCES)}` }, { onOpen, onText, onEnd });
    });
  }

  #receive({ role }: Peer, socket: LoadWebSocket | undefined, bytes: Buffer, start: number, end: number): void {
    const { dialect } = this.#server.contestant;
    const what = dialect.kindOf(bytes, start, end);
    this.received[what] += 1;
    if (what === 'ping') socket?.send(dialect.pong);
    if (what !== 'delivery') return;
    const sentAt = this.#stopwatches[role].read(bytes, start, end);
    if (sentAt !== undefined) this.latencies.push(performance.now() - sentAt);
  }
}

/** Connects so many peers, operators first, and resolves when the operators were notified of their visitors. Failed connections are counted. */
export async function connectPeers(server: Server, size: { readonly visitors: number; readonly operators: number }): Promise<PeerGroup> {
  const connector = new Connector(server);
  const peers = { operator: await peersOf(server, 'operator', size.operators), client: await peersOf(server, 'client', size.visitors) };
  const began = performance.now();
  const operators = await connectAll(connector, peers.operator);
  const visitors = await connectAll(connector, peers.client);
  const expected = (operators.length * visitors.length) / (server.contestant.teams ?? 1);
  for (const end = Date.now() + ARRIVALS_WITHIN_MS; connector.received.arrival < expected; await delay(10)) {
    if (Date.now() > end)
      throw new Error(`${server.contestant.name}: operators were notified of ${connector.received.arrival} of ${expected} arrivals.`);
  }
  const { received, latencies, failures } = connector;
  const close = () => {
    connector.close();
    for (const { socket } of [...visitors, ...operators]) socket.close();
  };
  return { server, visitors, operators, received, latencies, failures, connectedInMs: performance.now() - began, close };
}

async function connectAll(connector: Connector, peers: readonly Peer[]): Promise<ConnectedPeer[]> {
  const connected: ConnectedPeer[] = [];
  const waiting = peers.values();
  const worker = async () => {
    // All workers take from the same iterator.
    for (const peer of waiting) {
      try {
        connected.push(await connector.connect(peer));
      } catch (error) {
        connector.failures.push(`${peer.role} ${peer.id}: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return connected;
}

/** Peers with their tokens. */
async function peersOf({ contestant }: Server, role: Peer['role'], count: number): Promise<Peer[]> {
  return await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const who = { role, id: index + 1, address: randomUUID() };
      return { ...who, token: await contestant.mint?.(who) };
    }),
  );
}
