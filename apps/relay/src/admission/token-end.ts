import { CLOCK_TOLERANCE_S } from '@switchboard/tokens';

import type { PeerSocket } from '../peer.ts';

/** Of a token's life: connections that began together (after a restart of the relay) end spread over this part of it. */
const JITTER = 1 / 60;
const MAX_JITTER_S = 300;

/**
 * When a connection with this token is ended: when no new one could be made with it any more, and up to a sixtieth of the token's life (5 minutes at
 * most) later.
 *
 * @param random from 0 to 1
 * @returns seconds since 1970
 */
export function connectionEnd(token: { readonly issuedAt: number; readonly expiresAt: number }, random: number = Math.random()): number {
  const jitter = Math.min(MAX_JITTER_S, Math.max(0, token.expiresAt - token.issuedAt) * JITTER);
  return token.expiresAt + CLOCK_TOLERANCE_S + random * jitter;
}

/**
 * Ends the connections whose tokens are over, calling `onEnd` for each: as broken lines, so that their peers come back at once, with a fresh token if
 * they may have one. Sockets without a token are not concerned.
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
