import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Server } from 'socket.io';
import type { Socket } from 'socket.io';

/** A minimal relay that uses the real Socket.IO server; tokens are `v<clientId>` and `operator`. */
export class FakeRelay {
  readonly #http = createServer();
  readonly #io = new Server(this.#http, { path: '/chat', transports: ['websocket', 'polling'] });
  /** Every received event with its payload. */
  readonly received: { event: string; payload: unknown }[] = [];
  /** Tokens that are refused. */
  readonly refused = new Set<string>();
  /** Token → address. */
  readonly addresses = new Map<string, string>();
  /** Whether events are lost although every connection is up, as when Redis is down. */
  losesEvents = false;
  joins = 0;
  /** Whether joins are acknowledged only by `releaseJoins`. */
  holdJoins = false;
  readonly #held: (() => void)[] = [];

  static async open(): Promise<FakeRelay> {
    const relay = new FakeRelay();
    await new Promise<void>((resolve) => {
      relay.#http.listen(0, '127.0.0.1', resolve);
    });
    relay.#io.use((socket, next) => {
      const { token } = socket.handshake.auth;
      next(typeof token === 'string' && relay.refused.has(token) ? new Error('Invalid token') : undefined);
    });
    relay.#io.on('connection', (socket) => relay.#serve(socket));
    return relay;
  }

  get url(): string {
    const address = this.#http.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }

  /** Closes every connection; the clients reconnect automatically. */
  cut(): void {
    for (const socket of this.#io.sockets.sockets.values()) socket.conn.close();
  }

  /** Closes the connections of one visitor. */
  cutVisitor(address: string): void {
    for (const id of this.#io.sockets.adapter.rooms.get(address) ?? []) this.#io.sockets.sockets.get(id)?.conn.close();
  }

  releaseJoins(): void {
    this.holdJoins = false;
    for (const release of this.#held.splice(0)) release();
  }

  hint(event: string, payload: { readonly clientId: string; readonly [field: string]: unknown }): void {
    if (!this.losesEvents) this.#io.to(['operators', payload.clientId]).emit(event, payload);
  }

  /** Emits to all operators. */
  toOperators(event: string, payload: unknown): void {
    this.#io.to('operators').emit(event, payload);
  }

  toVisitor(address: string, event: string, payload: unknown): void {
    this.#io.to(address).emit(event, payload);
  }

  async close(): Promise<void> {
    await this.#io.close();
  }

  #serve(socket: Socket): void {
    const token = String(socket.handshake.auth['token'] ?? '');
    const address = this.addresses.get(token) ?? socket.id;
    socket.onAny((event: string, payload: Record<string, unknown>, acknowledge?: (answer: unknown) => void) => {
      this.received.push({ event, payload });
      const timestamp = new Date().toISOString();
      if (event === 'join') {
        this.joins += 1;
        void socket.join(token === 'operator' ? 'operators' : address);
        if (token !== 'operator') this.toOperators('newChat', { clientId: address, username: payload['name'] });
      } else if (!this.losesEvents) this.#relay(socket, event, payload, address, timestamp);
      const answer = () => acknowledge?.({ ok: true, timestamp, delivered: 1 });
      if (event === 'join' && this.holdJoins) this.#held.push(answer);
      else answer();
    });
  }

  #relay(socket: Socket, event: string, payload: Record<string, unknown>, address: string, timestamp: string): void {
    if (event === 'clientMessage') this.toOperators('incomingMessage', { ...payload, from: address, timestamp });
    if (event === 'clientTyping') this.toOperators('clientTyping', { ...payload, from: address });
    if (event === 'chatEnded') this.toOperators('chatEnded', { clientId: address });
    if (event === 'operatorMessage') {
      this.toVisitor(String(payload['to']), 'operatorMessage', { ...payload, timestamp });
      socket.to('operators').emit('operatorBroadcast', { ...payload, clientId: payload['to'], timestamp });
    }
    if (event === 'operatorTyping') this.toVisitor(String(payload['to']), 'operatorTyping', payload);
  }
}
