import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { Server } from './server-process.ts';
import { Stopwatch } from './stopwatch.ts';
import type { Heard, Peer } from './wire/dialect.ts';
import { type Line, openLine } from './wire/line.ts';

/** How many get in at once. */
const AT_ONCE = 64;
/** Addresses of this machine that lines come from in turn: each is good for some 28,000. */
const SOURCES = 8;
const ARRIVALS_WITHIN_MS = 60_000;

/** Somebody who is in. */
interface Member {
  readonly peer: Peer;
  /** Where the server reaches it. */
  readonly address: string;
  readonly line: Line;
}

/** Visitors and operators on one server. What they hear is counted, and how long it took where it tells. */
export interface Crowd {
  readonly server: Server;
  readonly visitors: readonly Member[];
  readonly operators: readonly Member[];
  readonly heard: Readonly<Record<Heard, number>>;
  /** Milliseconds from sending to hearing of the messages that told when they were sent, since somebody emptied it. */
  readonly latencies: number[];
  /** One for each line that was not let in, and for each that the server has ended since. */
  readonly failures: readonly string[];
  /** Milliseconds until everybody was in and known to be. */
  readonly openedInMs: number;
  close(): void;
}

/** One crowd being let in. */
class Entrance {
  readonly heard: Record<Heard, number> = { delivery: 0, acknowledgement: 0, arrival: 0, refusal: 0, ping: 0, other: 0 };
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

  /** @throws Error when the server does not let this peer in */
  async letIn(peer: Peer): Promise<Member> {
    const { port, contestant } = this.#server;
    const { dialect } = contestant;
    return await new Promise((resolve, reject) => {
      let address: string | undefined;
      let line: Line | undefined;
      const step = (heard: string | undefined) => {
        const { say, address: reached } = dialect.enter(peer, heard);
        for (const text of say) line?.send(text);
        address = reached;
        if (reached !== undefined && line !== undefined) resolve({ peer, address: reached, line });
      };
      const onText = (bytes: Buffer, start: number, end: number) => {
        if (address !== undefined) return this.#hear(peer, line, bytes, start, end);
        try {
          step(bytes.toString('utf8', start, end));
        } catch (error) {
          line?.close();
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      const onEnd = (reason: Error) => {
        if (address !== undefined && !this.#isOver) this.failures.push(`${peer.role} ${peer.id}: ${reason.message}`);
        reject(reason);
      };
      const onOpen = (opened: Line) => {
        line = opened;
        step(undefined);
      };
      openLine({ port, path: dialect.path, from: `127.0.0.${1 + (peer.id % SOURCES)}` }, { onOpen, onText, onEnd });
    });
  }

  #hear({ role }: Peer, line: Line | undefined, bytes: Buffer, start: number, end: number): void {
    const { dialect } = this.#server.contestant;
    const what = dialect.heard(bytes, start, end);
    this.heard[what] += 1;
    if (what === 'ping') line?.send(dialect.pong);
    if (what !== 'delivery') return;
    const sentAt = this.#stopwatches[role].read(bytes, start, end);
    if (sentAt !== undefined) this.latencies.push(performance.now() - sentAt);
  }
}

/** Opens so many lines, operators first, and resolves when every operator has heard of every visitor. Lines that fail are counted. */
export async function openCrowd(server: Server, size: { readonly visitors: number; readonly operators: number }): Promise<Crowd> {
  const entrance = new Entrance(server);
  const peers = { operator: await peersOf(server, 'operator', size.operators), client: await peersOf(server, 'client', size.visitors) };
  const began = performance.now();
  const operators = await letAllIn(entrance, peers.operator);
  const visitors = await letAllIn(entrance, peers.client);
  const expected = operators.length * visitors.length;
  for (const end = Date.now() + ARRIVALS_WITHIN_MS; entrance.heard.arrival < expected; await delay(10)) {
    if (Date.now() > end)
      throw new Error(`${server.contestant.name}: operators heard of ${entrance.heard.arrival} of ${expected} arrivals.`);
  }
  const { heard, latencies, failures } = entrance;
  const close = () => {
    entrance.close();
    for (const { line } of [...visitors, ...operators]) line.close();
  };
  return { server, visitors, operators, heard, latencies, failures, openedInMs: performance.now() - began, close };
}

async function letAllIn(entrance: Entrance, peers: readonly Peer[]): Promise<Member[]> {
  const members: Member[] = [];
  const waiting = peers.values();
  const lane = async () => {
    // All lanes take from the same iterator.
    for (const peer of waiting) {
      try {
        members.push(await entrance.letIn(peer));
      } catch (error) {
        entrance.failures.push(`${peer.role} ${peer.id}: ${String(error)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return members;
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
