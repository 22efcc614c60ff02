import { ERRORS } from '@switchboard/protocol';
import type { Logger } from '@switchboard/telemetry';
import { InvalidTokenError, type Tokens } from '@switchboard/tokens';

import type { Crowd } from './crowd.ts';
import type { RelayMetrics } from './metrics.ts';
import { identityOf, type PeerSocket } from './peer.ts';
import type { Revocations } from './revocations.ts';
import { connectionEnd } from './token-end.ts';

/** Connections of one operator, or of one conversation: all its tabs. */
export const MAX_CONNECTIONS_PER_IDENTITY = 100;

/** What reaches a refused socket as `connect_error`. Socket.IO sends `message` and `data`. */
class HandshakeError extends Error {
  readonly data: { code: keyof typeof ERRORS; retryable: boolean };
  constructor(message: string, code: keyof typeof ERRORS) {
    super(message);
    this.data = { code, retryable: ERRORS[code].retryable };
  }
}

/** What is asked at the handshake. */
export interface Handshake {
  readonly tokens: Pick<Tokens, 'verifyRelayToken'>;
  readonly revocations: Revocations;
  readonly crowd: Crowd;
  /** Where a socket comes from, as limits count it. */
  readonly addressOf: (socket: PeerSocket) => string;
  readonly maxPerAddress: number;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
}

/**
 * A middleware that reads the token before a socket is connected, anew for each connection. No token is fine here (`join` decides); a bad one refuses the
 * connection. Who proves who it is is counted by that; who does not, by address: nobody without a token takes the place of one who has one.
 */
export function authenticate(handshake: Handshake): (socket: PeerSocket, next: (error?: Error) => void) => void {
  const { tokens, revocations, crowd, addressOf, maxPerAddress, log, metrics } = handshake;

  async function verify(socket: PeerSocket): Promise<Error | undefined> {
    const token: unknown = socket.handshake.auth['token'];
    if (token === undefined || token === null || token === '') return undefined;
    try {
      if (typeof token !== 'string') throw new InvalidTokenError();
      const { issuedAt, expiresAt, ...claims } = await tokens.verifyRelayToken(token);
      if (revocations.covers(claims, issuedAt)) throw new InvalidTokenError();
      socket.data.claims = claims;
      socket.data.issuedAt = issuedAt;
      socket.data.endsAt = connectionEnd({ issuedAt, expiresAt });
      return undefined;
    } catch (error) {
      if (error instanceof InvalidTokenError) {
        metrics.tokensRefused.add(1, { at: 'handshake' });
        log.info({ socketId: socket.id, code: 'unauthenticated' }, 'token refused');
        return new HandshakeError('Invalid token', 'unauthenticated');
      }
      metrics.errors.add(1, { code: 'internal' });
      log.error({ err: error, socketId: socket.id }, 'token could not be verified');
      return new HandshakeError('Internal error', 'internal');
    }
  }

  function count(socket: PeerSocket): Error | undefined {
    const { claims } = socket.data;
    const known = claims !== undefined;
    const key = known ? identityOf(socket) : `address ${addressOf(socket)}`;
    if (crowd.admit(socket.conn, key, known ? MAX_CONNECTIONS_PER_IDENTITY : maxPerAddress)) return undefined;
    metrics.connectionsRefused.add(1, { why: known ? 'identity' : 'address' });
    log.warn({ socketId: socket.id, key }, 'connection refused: there are too many');
    return new HandshakeError('Too many connections', 'rate_limited');
  }

  return (socket, next) => {
    void (async () => next((await verify(socket)) ?? count(socket)))();
  };
}
