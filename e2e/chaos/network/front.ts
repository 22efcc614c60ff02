import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import type { Random } from '../random.ts';
import { breaksConnections, type Fault } from './fault.ts';
import { Pipe } from './pipe.ts';

/** The connection to one server, and its fault. */
export class Edge {
  readonly name: string;
  readonly port: number;
  readonly #pipes = new Set<Pipe>();
  #fault: Fault | null = null;
  #onFault: () => void = () => undefined;
  /** How often a fault dropped an answer or cut a connection. */
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

  /** Breaks all connections; returns their number. */
  cut(): number {
    const count = this.#pipes.size;
    for (const pipe of this.#pipes) pipe.cut();
    return count;
  }

  watch(onFault: () => void): void {
    this.#onFault = onFault;
  }

  /** Connects an accepted connection to this edge's server; false when the server does not listen. */
  async join(near: Socket, random: Random): Promise<boolean> {
    const far = connect({ port: this.port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    try {
      await once(far, 'connect');
    } catch {
      // The server does not listen: the caller tries the next edge.
      return false;
    }
    const pipe = new Pipe(near, far, this.#fault, random, () => this.#pipes.delete(pipe));
    pipe.onHit = () => (this.hits += 1);
    this.#pipes.add(pipe);
    return true;
  }
}

/** A port in front of one or several servers, like a load balancer: each connection goes to the next server that accepts it. */
export class Front {
  readonly port: number;
  readonly edges: readonly Edge[];
  readonly #server: Server;
  /** The source of the random choices of faults. */
  random: Random;
  #next = 0;
  /** Connections accepted since the start. */
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
    if (address === null || typeof address === 'string') throw new Error('The system assigned no port.');
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
    // The client notices its broken connection on its own.
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

  /** Stops listening while all edges refuse connections. */
  #openOrClose(): void {
    const refused = this.edges.every((edge) => edge.fault?.kind === 'refuse');
    if (refused && this.#server.listening) this.#server.close();
    else if (!refused && !this.#server.listening) this.#server.listen(this.port, '127.0.0.1');
  }
}
