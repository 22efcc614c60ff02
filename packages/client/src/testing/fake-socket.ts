import type { RelaySocket } from '../platform/effects.ts';

/** A relay connection that a test controls: it connects at once, and the test emits its events. */
export class FakeSocket {
  readonly #handlers = new Map<string, ((payload: unknown) => void)[]>();
  connected = false;
  readonly active = true;
  readonly io = {
    on: () => undefined,
    opts: {},
    timeout: () => undefined,
    engine: { transport: { name: 'websocket' }, once: () => undefined },
  };
  readonly volatile = { emit: () => undefined };

  asSocket(): RelaySocket {
    // It implements the parts that `Connection` uses.
    return this as unknown as RelaySocket;
  }

  on(event: string, handler: (payload: unknown) => void): void {
    this.#handlers.set(event, [...(this.#handlers.get(event) ?? []), handler]);
  }

  /** Emits an event as if the relay had sent it. */
  receive(event: string, payload: unknown): void {
    for (const handler of this.#handlers.get(event) ?? []) handler(payload);
  }

  connect(): this {
    this.connected = true;
    queueMicrotask(() => this.receive('connect', undefined));
    return this;
  }

  disconnect(): this {
    if (this.connected) {
      this.connected = false;
      this.receive('disconnect', 'transport close');
    }
    return this;
  }

  timeout(): { emitWithAck(): Promise<unknown> } {
    return { emitWithAck: () => Promise.resolve({ ok: true, timestamp: new Date().toISOString(), delivered: 1 }) };
  }

  onAny(): void {
    // Debug output only.
  }

  onAnyOutgoing(): void {
    // Debug output only.
  }

  off(): void {
    this.#handlers.clear();
  }
}
