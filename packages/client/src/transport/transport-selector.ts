import type { RelaySocket } from '../platform/effects.ts';

/** Timeouts of connection attempts in milliseconds: short at first, because some proxies silently drop WebSocket upgrades, then long enough for any network. */
const ATTEMPT_MS = [4_000, 10_000, 20_000] as const;
const ORDERS = { websocket: ['websocket', 'polling'], polling: ['polling', 'websocket'] } as const;

/** Options of the first attempt. */
export const FIRST_ATTEMPT = { transports: [...ORDERS.websocket], tryAllTransports: true, timeout: ATTEMPT_MS[0] };

/**
 * Selects the transport that the next attempt starts with: the one of the last connection, a WebSocket at first; after a timeout, the other one. Polling is
 * upgraded to a WebSocket as soon as one gets through. After an immediate failure the library tries the other transport within the same attempt.
 */
export class TransportSelector {
  readonly #io: RelaySocket['io'];
  #first: keyof typeof ORDERS = 'websocket';
  /** Number of consecutive timeouts. */
  #timeouts = 0;

  constructor(io: RelaySocket['io']) {
    this.#io = io;
  }

  /** An attempt got no answer: something in between, such as a proxy, may drop the traffic. */
  noteTimeout(): void {
    this.#timeouts += 1;
    this.#beginWith(this.#first === 'websocket' ? 'polling' : 'websocket');
  }

  /** A connection was established. */
  noteSuccess(): void {
    this.#timeouts = 0;
    const { engine } = this.#io;
    this.#beginWith(engine.transport.name === 'polling' ? 'polling' : 'websocket');
    engine.once('upgrade', () => this.#beginWith('websocket'));
  }

  #beginWith(first: keyof typeof ORDERS): void {
    this.#first = first;
    // The library reads both when an attempt starts.
    this.#io.opts.transports = [...ORDERS[first]];
    this.#io.timeout(ATTEMPT_MS[Math.min(this.#timeouts, ATTEMPT_MS.length - 1)]);
  }
}
