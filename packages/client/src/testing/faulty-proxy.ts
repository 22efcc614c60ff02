import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/**
 * The fault of a proxy between a browser and the relay. `swallow`: reads a WebSocket upgrade and never answers; `mute`: forwards the answer to the upgrade
 * and drops everything after it; `freeze`: drops all traffic and closes no connection.
 */
export type ProxyFault = 'none' | 'swallow' | 'mute' | 'freeze';

/** A TCP proxy in front of a relay, with a fault. */
export class FaultyProxy {
  fault: ProxyFault;
  /** Number of requested WebSocket upgrades. */
  upgrades = 0;
  readonly #server = createServer((peer) => this.#serve(peer));
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();

  private constructor(target: string, fault: ProxyFault) {
    this.#target = new URL(target);
    this.fault = fault;
  }

  static async open(target: string, fault: ProxyFault): Promise<FaultyProxy> {
    const proxy = new FaultyProxy(target, fault);
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => {
      this.#server.close(resolve);
    });
  }

  #serve(peer: Socket): void {
    const relay = connect(Number(this.#target.port), this.#target.hostname);
    let isUpgrade = false;
    let answered = false;
    const ends = [peer, relay] as const;
    for (const end of ends) {
      this.#sockets.add(end);
      end.on('error', () => undefined);
      end.on('close', () => {
        this.#sockets.delete(end);
        if (this.fault !== 'freeze') for (const other of ends) other.destroy();
      });
    }
    peer.on('data', (data) => {
      if (/^upgrade: *websocket/im.test(data.toString('latin1'))) {
        isUpgrade = true;
        this.upgrades += 1;
      }
      const lost = this.fault === 'freeze' || (isUpgrade && (this.fault === 'swallow' || (this.fault === 'mute' && answered)));
      if (!lost) relay.write(data);
    });
    relay.on('data', (data) => {
      const lost = this.fault === 'freeze' || (isUpgrade && this.fault === 'mute' && answered);
      if (isUpgrade && !lost) {
        answered = true;
        // Only the answer: the relay's next data may be in the same chunk.
        const end = data.indexOf('\r\n\r\n') + 4;
        peer.write(this.fault === 'mute' ? data.subarray(0, end) : data);
      } else if (!lost) peer.write(data);
    });
  }
}
