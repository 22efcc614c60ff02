import { CLOCK_TOLERANCE_S } from '@switchboard/tokens';

import type { PeerSocket } from '../peer.ts';

/** The share of a token's lifetime over which the ends of connections are spread that began at the same time (after a restart of the relay). */
const JITTER = 1 / 60;
const MAX_JITTER_S = 300;

/**
 * When a connection with this token is ended: when the token would not be accepted any more, plus up to a sixtieth of its lifetime (at most 5 minutes).
 *
 * @param random from 0 to 1
 * @returns seconds since 1970
 */
export function connectionEnd(token: { readonly issuedAt: number; readonly expiresAt: number }, random: number = Math.random()): number {
  const jitter = Math.min(MAX_JITTER_S, Math.max(0, token.expiresAt - token.issuedAt) * JITTER);
  return token.expiresAt + CLOCK_TOLERANCE_S + random * jitter;
}

/**
 * Ends the connections whose tokens have expired, calling `onEnd` for each. They end like a lost connection, so that their clients reconnect at once, with a
 * new token if they may have one. Sockets without a token are unaffected.
 *
 * @param now seconds since 1970
 */
export function endExpired(sockets: Iterable<PeerSocket>, now: number, onEnd: (socket: PeerSocket) => void): void {
  for (const socket of sockets) {
    const { endsAt } = socket.data;
    if (endsAt === undefined || endsAt > now) continue;
    onEnd(socket);
    socket.conn.close();
  }
}
