import { UNKNOWN_ADDRESS } from '@switchboard/limits/address';
import type { RelayClaims } from '@switchboard/protocol';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';

/** A visitor that has joined. */
export interface Visitor {
  readonly role: 'client';
  /** The token's `sessionId`, or without a token the socket id. */
  readonly address: string;
  /** Absent or null if an old front-end sent it so. */
  readonly name: string | null | undefined;
}

/** An operator that has joined. Only a token makes one. */
export interface Operator {
  readonly role: 'operator';
  readonly id: number;
  readonly name: string;
  /** The ids of their teams, for an operator who does not see every conversation. */
  readonly teams?: readonly number[] | undefined;
}

/** What the relay keeps of a socket: set by the handshake (`admission/handshake.ts`) and by `join`. */
interface PeerState {
  /** From the token, undefined for a socket without one. */
  claims?: RelayClaims;
  /** When the token was made, seconds since 1970. */
  issuedAt?: number;
  /** When the connection is ended because its token has expired, seconds since 1970. */
  endsAt?: number;
  /** The IP address of the client as limits count it, for IPv6 its network. */
  clientIp?: string;
  /** Set by `join`. */
  sender?: Visitor | Operator;
  /** The address of the conversation in which this operator last said that they are. */
  activeIn?: string | undefined;
}

// Events are typed by the handler table (in) and by Delivery (out), so Socket.IO's own maps stay at their defaults.
export type RelayServer = Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, PeerState>;

/** A socket during its handshake: the only time at which its request, `handshake` included, may be read. */
export type NewSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, PeerState>;

/**
 * An admitted socket. It has no `handshake` and no request, because they are freed (`Engine.releaseRequest`): what is needed of them is copied to `data`
 * before.
 */
export type PeerSocket = Pick<NewSocket, 'id' | 'data' | 'connected' | 'emit' | 'join' | 'to' | 'on' | 'use' | 'disconnect'> & {
  readonly conn: Omit<NewSocket['conn'], 'request'>;
};

/** The IP address by which a socket is limited. */
export function clientIpOf(socket: PeerSocket): string {
  return socket.data.clientIp ?? UNKNOWN_ADDRESS;
}

/** The address of a visitor's events: with a token the same for every tab and every reconnect of one conversation. */
export function addressOf(socket: PeerSocket): string {
  const { claims } = socket.data;
  return claims?.role === 'client' ? claims.sessionId : socket.id;
}

/** The key by which sockets are limited together: all tabs of one operator, all tabs of one conversation. */
export function identityOf(socket: PeerSocket): string {
  const { claims } = socket.data;
  return claims?.role === 'operator' ? `operator ${claims.id}` : `client ${addressOf(socket)}`;
}
