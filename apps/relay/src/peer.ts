import type { RelayClaims } from '@switchboard/protocol';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';

/** A visitor that has joined. */
export interface Visitor {
  readonly role: 'client';
  /** The token's `sessionId`, or without a token the socket id. */
  readonly address: string;
  /** Absent and null as an old front-end left it. */
  readonly name: string | null | undefined;
}

/** An operator that has joined. Only a token makes one. */
export interface Operator {
  readonly role: 'operator';
  readonly id: number;
  readonly name: string;
}

/** What we remember of a socket. */
interface PeerState {
  /** From the token, undefined for a socket without one. */
  claims?: RelayClaims;
  /** When the token was made, seconds since 1970. */
  issuedAt?: number;
  /** When the connection is ended because its token is over, seconds since 1970. */
  endsAt?: number;
  /** Where it comes from, as limits count it. */
  address?: string;
  /** Set by `join`. */
  sender?: Visitor | Operator;
}

// Events are typed by the handler table (in) and by Delivery (out), so Socket.IO's own maps stay at their defaults.
export type RelayServer = Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, PeerState>;
export type PeerSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, PeerState>;

/** Where a visitor's events come from and go to: the same for every tab and reconnect of one conversation when there is a token. */
export function addressOf(socket: PeerSocket): string {
  const { claims } = socket.data;
  return claims?.role === 'client' ? claims.sessionId : socket.id;
}

/** Who is limited together: all tabs of one operator, all tabs of one conversation. */
export function identityOf(socket: PeerSocket): string {
  const { claims } = socket.data;
  return claims?.role === 'operator' ? `operator ${claims.id}` : `client ${addressOf(socket)}`;
}
