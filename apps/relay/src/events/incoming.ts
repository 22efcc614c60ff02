import { type Acknowledgement, ChatError, type PeerEventName, type WireError } from '@switchboard/protocol';
import type { Logger } from '@switchboard/telemetry';

import type { Answer, Engine } from '../engine/index.ts';
import type { RelayMetrics } from '../metrics.ts';
import { clientIpOf, identityOf, type PeerSocket } from '../peer.ts';
import { ANONYMOUS_BYTES_PER_IP, ANONYMOUS_SENDERS_PER_IP, type RateLimit, type RateLimitName, type RateLimits } from '../rate-limit.ts';
import type { PeerHandler, RelayContext } from './handlers/handler.ts';
import type { HandlerTable } from './handlers/table.ts';
import { createRefusals } from './refusals.ts';

/** What receiving events needs. */
export interface IncomingParts {
  readonly engine: Engine;
  readonly handlers: HandlerTable;
  readonly context: RelayContext;
  readonly rateLimit: RateLimit;
  readonly rateLimits: RateLimits;
  readonly maxPayloadBytes: number;
  /** For a sender without a token. */
  readonly maxAnonymousPayloadBytes: number;
  readonly maxRefusals: number;
  /** How large an event was; 0 for a small one. */
  readonly bytesOf: (eventArguments: object) => number;
  readonly stamp: () => string;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
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

/** Receives the events of one socket. A class, because ten closures for each of ten thousand sockets would take measurable memory. */
class Incoming {
  readonly #socket: PeerSocket;
  readonly #parts: IncomingParts;
  readonly #sender: string;
  #refusals: ReturnType<typeof createRefusals> | undefined;

  constructor(socket: PeerSocket, parts: IncomingParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#sender = identityOf(socket);
  }

  /** @param answer undefined when the peer asked for no acknowledgement */
  receive(eventArguments: unknown[], answer: Answer | undefined): void {
    // The rest of a batch of events after the one that ended the connection.
    if (!this.#socket.connected) return;
    const { handlers, metrics, context, stamp } = this.#parts;
    const [event, input] = eventArguments;
    const handler = handlerOf(handlers, event);
    if (handler === undefined) return this.#ignore(eventArguments, answer);
    const began = performance.now();
    let acknowledgement: Acknowledgement;
    try {
      this.#limit(handler.limitName, eventArguments);
      const timestamp = stamp();
      const delivered = handler.relay(this.#socket, input, timestamp, context);
      metrics.relaying.observe((performance.now() - began) / 1_000);
      metrics.relayed.add(1, { event: handler.event });
      acknowledgement = { ok: true, timestamp, delivered };
    } catch (error) {
      const wire = this.#refuse(handler.event, error, answer);
      this.#socket.emit('error', wire);
      return this.#endIfTooMany(handler.event, wire);
    }
    answer?.(acknowledgement);
  }

  #refuse(event: string, error: unknown, answer: Answer | undefined): WireError {
    const { log, metrics } = this.#parts;
    const wire = wireOf(error);
    metrics.errors.add(1, { code: wire.code });
    const fields = { socketId: this.#socket.id, event, code: wire.code };
    if (wire.code === 'internal') log.error({ ...fields, err: error }, 'event failed');
    else log.info(fields, 'event refused');
    answer?.({ ok: false, error: wire });
    return wire;
  }

  #endIfTooMany(event: string, { code }: WireError): void {
    const { log, metrics, maxRefusals } = this.#parts;
    // An error in this relay does not count against the peer.
    if (code === 'internal') return;
    this.#refusals ??= createRefusals(maxRefusals);
    if (!this.#refusals.tooMany()) return;
    metrics.offendersCut.add();
    log.warn({ socketId: this.#socket.id, event, code }, 'connection ended: too many refused events');
    this.#socket.disconnect(true);
  }

  /** A newer client may send events that this relay does not know. They are answered only if it asks for that, and rate limited like any other event. */
  #ignore(eventArguments: unknown[], answer: Answer | undefined): void {
    this.#parts.metrics.unknownEvents.add();
    try {
      this.#limit('unknown', eventArguments);
      answer?.({ ok: false, error: new ChatError('invalid_request', 'Unknown event').toWire() });
    } catch (error) {
      this.#endIfTooMany('unknown', this.#refuse('unknown', error, answer));
    }
  }

  /** @throws ChatError `too_large`, `rate_limited` */
  #limit(limitName: RateLimitName, eventArguments: unknown[]): void {
    const { rateLimits, metrics, bytesOf, maxPayloadBytes, maxAnonymousPayloadBytes } = this.#parts;
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
      this.#count(limitName, rateLimits[limitName], 1, isAnonymous ? ANONYMOUS_SENDERS_PER_IP * rateLimits[limitName] : undefined);
      what = 'bytes';
      if (bytes > 0) this.#count('bytes', 2 * maxBytes, bytes, isAnonymous ? Math.max(ANONYMOUS_BYTES_PER_IP, 2 * maxBytes) : undefined);
    } catch (error) {
      metrics.rateLimited.add(1, { pace: what });
      throw error;
    }
  }

  /**
   * A sender with a token is one person, whatever its IP address. A sender without one may open any number of sockets, so those of one IP address are also
   * limited together.
   */
  #count(what: RateLimitName | 'bytes', maximum: number, amount: number, maxOfIp: number | undefined): void {
    const { rateLimit } = this.#parts;
    rateLimit.count(`${what} ${this.#sender}`, maximum, amount);
    if (maxOfIp !== undefined) rateLimit.count(`${what} ip ${clientIpOf(this.#socket)}`, maxOfIp, amount);
  }
}

/**
 * Receives the events of a socket: checks size and rate, then calls the handler, which checks the sender and the shape. Whatever a peer sends, nothing is
 * thrown.
 */
export function receiveEvents(socket: PeerSocket, parts: IncomingParts): void {
  const incoming = new Incoming(socket, parts);
  parts.engine.receiveEvents(socket, (eventArguments, answer) => incoming.receive(eventArguments, answer));
}
