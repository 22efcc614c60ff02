import { once } from 'node:events';
import { createServer, Socket } from 'node:net';

/** A TCP proxy to the server of a database URL, on a loopback port, that can break and freeze its connections. */
export class FaultyProxy {
  /** The URL of the same database through this proxy. */
  readonly url: string;
  readonly #server: ReturnType<typeof createServer>;
  readonly #sockets: Set<Socket>;
  #frozen = false;
  #watched: { readonly text: string; readonly seen: () => void } | undefined;
  #cutAt: string | undefined;

  private constructor(server: ReturnType<typeof createServer>, sockets: Set<Socket>, url: string) {
    this.#server = server;
    this.#sockets = sockets;
    this.url = url;
  }

  static async open(databaseUrl: string): Promise<FaultyProxy> {
    const url = new URL(databaseUrl);
    const [port, host] = [Number(url.port), url.hostname];
    const sockets = new Set<Socket>();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
    url.port = String(address.port);
    const proxy = new FaultyProxy(server, sockets, url.href);
    server.on('connection', (near) => proxy.#join(near, new Socket().connect(port, host)));
    return proxy;
  }

  #join(near: Socket, far: Socket): void {
    for (const socket of [near, far]) {
      this.#sockets.add(socket);
      if (this.#frozen) socket.pause();
      // The error of one end destroys the other; the peers notice the closed sockets.
      socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
    }
    near.on('data', (chunk) => {
      far.write(chunk);
      if (this.#watched !== undefined && chunk.includes(this.#watched.text)) this.#watched.seen();
    });
    far.on('data', (chunk) => {
      if (this.#cutAt !== undefined && chunk.includes(this.#cutAt)) this.cut();
      else near.write(chunk);
    });
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }

  /** Breaks all connections. New ones can be opened. */
  cut(): void {
    this.#cutAt = undefined;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Breaks all connections instead of forwarding an answer that contains `text`. */
  cutAtAnswer(text: string): void {
    this.#cutAt = text;
  }

  /** Resolves when data that contains `text` was sent to the server. */
  async sent(text: string): Promise<void> {
    await new Promise<void>((seen) => {
      this.#watched = { text, seen };
    });
    this.#watched = undefined;
  }

  /** Stops forwarding, like a frozen server or a silent network: connections stay open and new ones are accepted, but nothing is answered. */
  freeze(): void {
    this.#frozen = true;
    for (const socket of this.#sockets) socket.pause();
  }

  thaw(): void {
    this.#frozen = false;
    for (const socket of this.#sockets) socket.resume();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
