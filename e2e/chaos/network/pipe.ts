import type { Socket } from 'node:net';

import type { Random } from '../random.ts';
import { isStopped, type Fault } from './fault.ts';

/** Data to forward, and when (milliseconds since 1970). */
interface Parcel {
  readonly at: number;
  readonly bytes: Buffer;
}

/** One direction of a connection: forwards data under the fault of its edge. It keeps the order, and applies backpressure when the receiver is slow. */
class Leg {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #random: Random;
  readonly #direction: 'up' | 'down';
  readonly #queue: Parcel[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastAt = 0;
  #fault: Fault | null = null;
  #ended = false;

  constructor(from: Socket, to: Socket, direction: 'up' | 'down', random: Random) {
    this.#from = from;
    this.#to = to;
    this.#direction = direction;
    this.#random = random;
    from.on('end', () => {
      this.#ended = true;
      this.#flush();
    });
    to.on('drain', () => this.#flow());
  }

  setFault(fault: Fault | null): void {
    this.#fault = fault;
    this.#flow();
    this.#flush();
  }

  take(bytes: Buffer): void {
    const at = Math.max(this.#lastAt, Date.now() + this.#delay(bytes.length));
    this.#lastAt = at;
    this.#queue.push({ at, bytes });
    this.#flush();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  #delay(length: number): number {
    const fault = this.#fault;
    if (fault?.kind === 'delay') return Math.max(0, fault.ms + (2 * this.#random() - 1) * fault.jitterMs);
    if (fault?.kind === 'throttle') return (length / fault.bytesPerSecond) * 1_000;
    return 0;
  }

  #flow(): void {
    if (isStopped(this.#fault, this.#direction) || this.#to.writableNeedDrain) this.#from.pause();
    else this.#from.resume();
  }

  #flush(): void {
    clearTimeout(this.#timer);
    if (isStopped(this.#fault, this.#direction)) return;
    const now = Date.now();
    while (this.#queue[0] !== undefined && this.#queue[0].at <= now) {
      const { bytes } = this.#queue.shift() as Parcel;
      if (!this.#to.destroyed && !this.#to.write(bytes)) this.#from.pause();
    }
    const [next] = this.#queue;
    if (next !== undefined) this.#timer = setTimeout(() => this.#flush(), next.at - now);
    else if (this.#ended) this.#to.end();
  }
}

/** A connection through an edge: two sockets, each of which forwards to the other. */
export class Pipe {
  readonly #near: Socket;
  readonly #far: Socket;
  readonly #up: Leg;
  readonly #down: Leg;
  readonly #random: Random;
  #fault: Fault | null;
  #downBytes = 0;
  /** Whether data went up last: the next data down is the beginning of an answer. */
  #asked = false;
  #dropsAnswer = false;
  /** Called when a fault dropped an answer or cut a connection. */
  onHit: () => void = () => undefined;

  constructor(near: Socket, far: Socket, fault: Fault | null, random: Random, onClose: () => void) {
    this.#near = near;
    this.#far = far;
    this.#random = random;
    this.#fault = fault;
    this.#up = new Leg(near, far, 'up', random);
    this.#down = new Leg(far, near, 'down', random);
    near.on('data', (bytes: Buffer) => this.#goUp(bytes));
    far.on('data', (bytes: Buffer) => this.#goDown(bytes));
    let open = 2;
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      // A reset on one side resets the other. The leg forwards an orderly end after the remaining data.
      socket.on('error', () => other.resetAndDestroy());
      socket.on('close', () => {
        open -= 1;
        if (open > 0) return;
        this.#up.close();
        this.#down.close();
        onClose();
      });
    }
    this.setFault(fault);
  }

  setFault(fault: Fault | null): void {
    this.#fault = fault;
    this.#up.setFault(fault);
    this.#down.setFault(fault);
  }

  /** Resets the connection on both sides. */
  cut(): void {
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
  }

  #goUp(bytes: Buffer): void {
    const fault = this.#fault;
    if (!this.#asked && fault?.kind === 'drop-answer') this.#dropsAnswer = bytes.includes(fault.match) && this.#random() < fault.share;
    this.#asked = true;
    this.#up.take(bytes);
  }

  #goDown(bytes: Buffer): void {
    this.#asked = false;
    this.#downBytes += bytes.length;
    const isCut = this.#fault?.kind === 'cut-after' && this.#downBytes > this.#fault.bytes;
    if (this.#dropsAnswer || isCut) {
      this.onHit();
      this.cut();
      return;
    }
    this.#down.take(bytes);
  }
}
