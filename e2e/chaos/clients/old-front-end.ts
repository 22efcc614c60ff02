import { io, type Socket } from 'socket.io-client';

import type { Ledger, Send } from '../history/ledger.ts';

/** A visitor's page according to the guide: no token, no key, no outbox, only the socket. The consoles that receive its messages save them. */
export class OldFrontEnd {
  readonly name: string;
  readonly #socket: Socket;
  readonly #ledger: Ledger;
  readonly received: string[] = [];

  constructor(name: string, relay: string, ledger: Ledger) {
    this.name = name;
    this.#ledger = ledger;
    this.#socket = io(relay, { path: '/chat', transports: ['websocket'], forceNew: true, reconnection: false });
    this.#socket.on('operatorMessage', ({ message }: { message?: string }) => this.received.push(message ?? ''));
  }

  /** Its address on the relay; resolves when it has joined. */
  async join(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.once('connect', resolve);
      this.#socket.once('connect_error', reject);
    });
    this.#socket.emit('join', { role: 'client', name: this.name });
    return this.#socket.id ?? '';
  }

  send(): Send {
    const send = this.#ledger.send({ conversation: this.name, senderType: 'CLIENT', operatorId: null, device: this.name });
    this.#socket.emit('clientMessage', { type: 'text', message: send.text, image: null, name: null, mimeType: null });
    send.keptAt = Date.now();
    return send;
  }

  close(): void {
    this.#socket.disconnect();
  }
}
