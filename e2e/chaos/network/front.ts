import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import type { Random } from '../random.ts';
import { breaksConnections, type Fault } from './fault.ts';
import { Pipe } from './pipe.ts';

/** The way to one server, with what is wrong with it. */
export class Edge {
  readonly name: string;
  readonly port: number;
  readonly #pipes = new Set<Pipe>();
  #fault: Fault | null = null;
  #onFault: () => void = () => undefined;
  /** How often an answer was lost or a connection cut because of a fault. */
  hits = 0;

  constructor(name: string, port: number) {
    this.name = name;
    this.port = port;
  }

  get fault(): Fault | null {
    return this.#fault;
  }

  setFault(fault: Fault | null): void {
    this.#fault = fault;
    if (breaksConnections(fault)) this.cut();
    for (const pipe of this.#pipes) pipe.setFault(fault);
    this.#onFault();
  }

  /** Breaks every connection there is; returns how many those were. */
  cut(): number {
    const count = this.#pipes.size;
    for (const pipe of this.#pipes) pipe.cut();
    return count;
  }

  watch(onFault: () => void): void {
    this.#onFault = onFault;
  }

  /** Joins a connection that was taken to this edge's server; false when nobody listens there. */
  async join(near: Socket, random: Random): Promise<boolean> {
    const far = connect({ port: this.port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    try {
      await once(far, 'connect');
    } catch {
      // Nobody listens: whoever asks tries the next edge.
      return false;
    }
    const pipe = new Pipe(near, far, this.#fault, random, () => this.#pipes.delete(pipe));
    pipe.onHit = () => (this.hits += 1);
    this.#pipes.add(pipe);
    return true;
  }
}

/** One port of ours before one or several servers, as a load balancer has it: each connection goes to the next one that takes it. */
export class Front {
  readonly port: number;
  readonly edges: readonly Edge[];
  readonly #server: Server;
  /** Decides what faults leave to chance. */
  random: Random;
  #next = 0;
  /** Connections taken since the start. */
  taken = 0;

  private constructor(server: Server, port: number, edges: readonly Edge[], random: Random) {
    this.#server = server;
    this.port = port;
    this.edges = edges;
    this.random = random;
    server.on('connection', (near) => void this.#take(near));
    for (const edge of edges) edge.watch(() => this.#openOrClose());
  }

  static async open(edges: readonly Edge[], random: Random): Promise<Front> {
    const server = createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
    return new Front(server, address.port, edges, random);
  }

  async close(): Promise<void> {
    for (const edge of this.edges) edge.watch(() => undefined);
    for (const edge of this.edges) edge.cut();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #take(near: Socket): Promise<void> {
    this.taken += 1;
    // Whoever connected hears of its own broken connection by itself.
    near.on('error', () => undefined);
    const open = this.edges.filter((edge) => edge.fault?.kind !== 'refuse');
    const start = this.#next;
    this.#next += 1;
    for (let step = 0; step < open.length; step += 1) {
      const edge = open[(start + step) % open.length];
      if (edge === undefined || edge.fault?.kind === 'reset') continue;
      if (await edge.join(near, this.random)) return;
    }
    near.resetAndDestroy();
  }

  /** A front whose every edge refuses refuses itself: nobody listens. */
  #openOrClose(): void {
    const refused = this.edges.every((edge) => edge.fault?.kind === 'refuse');
    if (refused && this.#server.listening) this.#server.close();
    else if (!refused && !this.#server.listening) this.#server.listen(this.port, '127.0.0.1');
  }
}
