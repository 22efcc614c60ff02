import { type Acknowledgement, ChatError, type PeerEventName, type WireError } from '@switchboard/protocol';
import type { Logger } from '@switchboard/telemetry';
import { type Packet, PacketType } from 'socket.io-parser';

import type { PeerHandler, RelayContext } from './handlers/handler.ts';
import type { HandlerTable } from './handlers/table.ts';
import type { RelayMetrics } from '../metrics.ts';
import { encodePacket } from '../engine/parser.ts';
import { identityOf, type PeerSocket } from '../peer.ts';
import {
  ANONYMOUS_BYTES_PER_ADDRESS,
  ANONYMOUS_SENDERS_PER_ADDRESS,
  type RateLimitName,
  type RateLimits,
  type RateLimit,
} from '../rate-limit.ts';
import { createRefusals } from './refusals.ts';

/** What the door for events needs. */
export interface Door {
  readonly handlers: HandlerTable;
  readonly context: RelayContext;
  readonly rateLimit: RateLimit;
  readonly rateLimits: RateLimits;
  readonly maxPayloadBytes: number;
  /** Of a sender without a token. */
  readonly maxAnonymousPayloadBytes: number;
  readonly maxRefusals: number;
  /** Where a socket comes from, as limits count it. */
  readonly addressOf: (socket: PeerSocket) => string;
  /** 0 for a small event. */
  readonly bytesOf: (eventArguments: object) => number;
  readonly stamp: () => string;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
}

/** What of a socket its own types keep private: where Socket.IO hands an event over as it was decoded. A test holds it to that. */
interface EventSink {
  onevent: (packet: Packet) => void;
}

type AnyHandler = PeerHandler<PeerEventName>;

function handlerOf(table: HandlerTable, event: unknown): AnyHandler | undefined {
  // Own keys only: `constructor` is no event.
  return typeof event === 'string' && Object.hasOwn(table, event) ? table[event as PeerEventName] : undefined;
}

function wireOf(error: unknown): WireError {
  const known = error instanceof ChatError ? error : new ChatError('internal', 'Internal error');
  return { code: known.code, message: known.message, retryable: known.retryable };
}

/** The door of one socket. A class: ten closures for each of ten thousand sockets would be felt. */
class Incoming {
  readonly #socket: PeerSocket;
  readonly #door: Door;
  readonly #sender: string;
  #refusals: ReturnType<typeof createRefusals> | undefined;

  constructor(socket: PeerSocket, door: Door) {
    this.#socket = socket;
    this.#door = door;
    this.#sender = identityOf(socket);
  }

  /** @param question the number under which the peer waits for an answer, if it does */
  receive(eventArguments: unknown[], question: number | undefined): void {
    // Events that came in one batch with the one that ended the connection.
    if (!this.#socket.connected) return;
    const { handlers, metrics, context, stamp } = this.#door;
    const [event, input] = eventArguments;
    const handler = handlerOf(handlers, event);
    if (handler === undefined) return this.#ignore(eventArguments, question);
    const began = performance.now();
    try {
      this.#limit(handler.limitName, eventArguments);
      const timestamp = stamp();
      const delivered = handler.relay(this.#socket, input, timestamp, context);
      metrics.relaying.observe((performance.now() - began) / 1_000);
      metrics.relayed.add(1, { event: handler.event });
      this.#answer(question, { ok: true, timestamp, delivered });
    } catch (error) {
      const wire = this.#refuse(handler.event, error, question);
      this.#socket.emit('error', wire);
      this.#endIfTooMany(handler.event, wire);
    }
  }

  #answer(question: number | undefined, acknowledgement: Acknowledgement): void {
    if (question === undefined) return;
    this.#socket.conn.write(encodePacket({ type: PacketType.ACK, nsp: '/', id: question, data: [acknowledgement] }));
  }

  #refuse(event: string, error: unknown, question: number | undefined): WireError {
    const { log, metrics } = this.#door;
    const wire = wireOf(error);
    metrics.errors.add(1, { code: wire.code });
    const fields = { socketId: this.#socket.id, event, code: wire.code };
    if (wire.code === 'internal') log.error({ ...fields, err: error }, 'event failed');
    else log.info(fields, 'event refused');
    this.#answer(question, { ok: false, error: wire });
    return wire;
  }

  #endIfTooMany(event: string, { code }: WireError): void {
    const { log, metrics, maxRefusals } = this.#door;
    // An error in this relay does not count against the peer.
    if (code === 'internal') return;
    this.#refusals ??= createRefusals(maxRefusals);
    if (!this.#refusals.tooMany()) return;
    metrics.offendersCut.add();
    log.warn({ socketId: this.#socket.id, event, code }, 'connection ended: too many refused events');
    this.#socket.disconnect(true);
  }

  /** A newer peer may send events that this relay does not know. It gets an answer only when it asks for one. The event is rate limited like any other. */
  #ignore(eventArguments: unknown[], question: number | undefined): void {
    this.#door.metrics.unknownEvents.add();
    try {
      this.#limit('unknown', eventArguments);
      this.#answer(question, { ok: false, error: new ChatError('invalid_request', 'Unknown event').toWire() });
    } catch (error) {
      this.#endIfTooMany('unknown', this.#refuse('unknown', error, question));
    }
  }

  /** @throws ChatError `too_large`, `rate_limited` */
  #limit(limitName: RateLimitName, eventArguments: unknown[]): void {
    const { rateLimits, metrics, bytesOf, maxPayloadBytes, maxAnonymousPayloadBytes } = this.#door;
    const isAnonymous = this.#socket.data.claims === undefined;
    const bytes = bytesOf(eventArguments);
    const maxBytes = isAnonymous ? maxAnonymousPayloadBytes : maxPayloadBytes;
    if (bytes > maxBytes)
      throw new ChatError(
        'too_large',
        `The event is too large: at most ${maxBytes} bytes are allowed${isAnonymous ? ' without a token' : ''}.`,
      );
    let what: RateLimitName | 'bytes' = limitName;
    try {
      this.#count(limitName, rateLimits[limitName], 1, isAnonymous ? ANONYMOUS_SENDERS_PER_ADDRESS * rateLimits[limitName] : undefined);
      what = 'bytes';
      if (bytes > 0)
        this.#count('bytes', 2 * maxBytes, bytes, isAnonymous ? Math.max(ANONYMOUS_BYTES_PER_ADDRESS, 2 * maxBytes) : undefined);
    } catch (error) {
      metrics.rateLimited.add(1, { pace: what });
      throw error;
    }
  }

  /** Who has a token is one person, wherever it comes from. Who has none may be as many sockets as it likes: those of one address are counted together, too. */
  #count(what: RateLimitName | 'bytes', maximum: number, amount: number, maxOfAddress: number | undefined): void {
    const { rateLimit, addressOf } = this.#door;
    rateLimit.count(`${what} ${this.#sender}`, maximum, amount);
    if (maxOfAddress !== undefined) rateLimit.count(`${what} address ${addressOf(this.#socket)}`, maxOfAddress, amount);
  }
}

/** Lets a socket's events in: how large, how many, then to the handler, which asks who and which shape. Nothing that a peer sends gets past as an exception. */
export function listen(socket: PeerSocket, door: Door): void {
  const incoming = new Incoming(socket, door);
  // Instead of Socket.IO's own way to listeners, which would cost as much as all the rest: turns of its own, closures, an answer to be built.
  (socket as unknown as EventSink).onevent = ({ data, id }) => incoming.receive(Array.isArray(data) ? data : [], id);
}
