import { ChatError, parse, peerEvents, type PeerEventName, type PeerPayloads } from '@switchboard/protocol';

import type { z } from 'zod';

import type { Delivery } from '../delivery.ts';
import type { Operator, PeerSocket, Visitor } from '../../peer.ts';
import type { RateLimitName } from '../../rate-limit.ts';

/** What every handler may use. */
export interface RelayContext {
  readonly delivery: Delivery;
  readonly allowAnonymousClients: boolean;
  /** @throws ChatError `rate_limited` when too many visitors without a token have joined from this socket's IP address */
  readonly countNewcomer: (socket: PeerSocket) => void;
}

/** One event as its handler receives it: its sender may send it, and its payload has the right shape. */
export interface Received<S, P> {
  readonly socket: PeerSocket;
  readonly sender: S;
  readonly payload: P;
  /** The timestamp of this event, the same for all receivers. */
  readonly timestamp: string;
  readonly context: RelayContext;
}

/**
 * A row of the handler table. `fromVisitor`, `fromOperator` and `fromAnyone` are the only ways to make one, so that every handler states who may send its
 * event.
 */
export interface PeerHandler<E extends PeerEventName> {
  readonly event: E;
  readonly limitName: RateLimitName;
  /**
   * Relays an event; returns how many sockets of the addressee on this node it was written to.
   *
   * @throws ChatError when this socket may not send it, or for a payload of the wrong shape
   */
  relay(socket: PeerSocket, input: unknown, timestamp: string, context: RelayContext): number;
}

/** The same schemas, with types that fit a generic event. */
const schemas: { readonly [E in PeerEventName]: z.ZodType<PeerPayloads[E]> } = peerEvents;

function parsePayload<E extends PeerEventName>(event: E, limitName: RateLimitName, input: unknown): PeerPayloads[E] {
  try {
    return parse(schemas[event], input);
  } catch (error) {
    if (!(error instanceof ChatError)) throw error;
    throw new ChatError(error.code, `Invalid ${limitName === 'message' ? 'message' : event} format: ${error.message}`, { cause: error });
  }
}

/** An event for sockets that need not have joined: `join` itself. */
export function fromAnyone<E extends PeerEventName>(
  event: E,
  limitName: RateLimitName,
  relay: (received: Received<undefined, PeerPayloads[E]>) => number,
): PeerHandler<E> {
  return {
    event,
    limitName,
    relay: (socket, input, timestamp, context) =>
      relay({ socket, sender: undefined, payload: parsePayload(event, limitName, input), timestamp, context }),
  };
}

function handlerFor<E extends PeerEventName, S extends Visitor | Operator>(
  event: E,
  limitName: RateLimitName,
  senderOf: (socket: PeerSocket) => S,
  relay: (received: Received<S, PeerPayloads[E]>) => number,
): PeerHandler<E> {
  return {
    event,
    limitName,
    relay: (socket, input, timestamp, context) =>
      relay({ socket, sender: senderOf(socket), payload: parsePayload(event, limitName, input), timestamp, context }),
  };
}

function joined(socket: PeerSocket): Visitor | Operator {
  const { sender } = socket.data;
  if (sender === undefined) throw new ChatError('not_joined', 'Send "join" first.');
  return sender;
}

/** An event for visitors that have joined. */
export function fromVisitor<E extends PeerEventName>(
  event: E,
  limitName: RateLimitName,
  relay: (received: Received<Visitor, PeerPayloads[E]>) => number,
): PeerHandler<E> {
  const senderOf = (socket: PeerSocket) => {
    const sender = joined(socket);
    if (sender.role !== 'client') throw new ChatError('forbidden', `Only a client may send "${event}".`);
    return sender;
  };
  return handlerFor(event, limitName, senderOf, relay);
}

/** An event for operators that have joined. */
export function fromOperator<E extends PeerEventName>(
  event: E,
  limitName: RateLimitName,
  relay: (received: Received<Operator, PeerPayloads[E]>) => number,
): PeerHandler<E> {
  const senderOf = (socket: PeerSocket) => {
    const sender = joined(socket);
    if (sender.role !== 'operator') throw new ChatError('forbidden', `Only an operator may send "${event}".`);
    return sender;
  };
  return handlerFor(event, limitName, senderOf, relay);
}
