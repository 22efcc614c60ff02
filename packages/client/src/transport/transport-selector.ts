import type { RelaySocket } from '../platform/effects.ts';

/** Milliseconds that an attempt to connect may take: short at first, because some proxies swallow what they do not know, then enough for any network. */
const ATTEMPT_MS = [4_000, 10_000, 20_000] as const;
const ORDERS = { websocket: ['websocket', 'polling'], polling: ['polling', 'websocket'] } as const;

/** What the socket begins with. */
export const FIRST_ATTEMPT = { transports: [...ORDERS.websocket], tryAllTransports: true, timeout: ATTEMPT_MS[0] };

/**
 * Which transport the next attempt begins with: the one that carried the last connection, a WebSocket at first; after an attempt that led nowhere, the
 * other one. Polling is upgraded to a WebSocket as soon as one gets through. What fails at once needs no other attempt: the library tries both in one.
 */
export class TransportSelector {
  readonly #io: RelaySocket['io'];
  #first: keyof typeof ORDERS = 'websocket';
  /** Attempts in a row that led nowhere. */
  #hung = 0;

  constructor(io: RelaySocket['io']) {
    this.#io = io;
  }

  /** Something on the way took what was sent and gave nothing back. */
  noteTimeout(): void {
    this.#hung += 1;
    this.#beginWith(this.#first === 'websocket' ? 'polling' : 'websocket');
  }

  noteSuccess(): void {
    this.#hung = 0;
    const { engine } = this.#io;
    this.#beginWith(engine.transport.name === 'polling' ? 'polling' : 'websocket');
    engine.once('upgrade', () => this.#beginWith('websocket'));
  }

  #beginWith(first: keyof typeof ORDERS): void {
    this.#first = first;
    // Both are read by the library when an attempt begins.
    this.#io.opts.transports = [...ORDERS[first]];
    this.#io.timeout(ATTEMPT_MS[Math.min(this.#hung, ATTEMPT_MS.length - 1)]);
  }
}
