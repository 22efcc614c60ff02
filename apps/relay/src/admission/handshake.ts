import { ERRORS } from '@switchboard/protocol';
import type { Logger } from '@switchboard/telemetry';
import { InvalidTokenError, type Tokens } from '@switchboard/tokens';

import type { ConnectionCounter, Refusal } from './connection-counter.ts';
import type { EngineConnection } from '../engine/engine.ts';
import type { RelayMetrics } from '../metrics.ts';
import { identityOf, type PeerSocket } from '../peer.ts';
import type { Revocations } from './revocations.ts';
import { connectionEnd } from './token-end.ts';

/** Connections of one operator, or of one conversation: all its tabs. */
export const MAX_CONNECTIONS_PER_IDENTITY = 100;
/** Ours have some hundred. Characters. */
const MAX_TOKEN_LENGTH = 4_096;

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
  readonly counter: ConnectionCounter<EngineConnection>;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
}

/**
 * A middleware that reads the token before a socket is connected, anew for each connection. No token is fine here (`join` decides); a bad one refuses the
 * connection. A connection with a token is counted by person, one without a token by address (`ConnectionCounter`).
 */
export function authenticate(handshake: Handshake): (socket: PeerSocket, next: (error?: Error) => void) => void {
  const { tokens, revocations, counter, log, metrics } = handshake;

  async function verify(socket: PeerSocket): Promise<Error | undefined> {
    const token: unknown = socket.handshake.auth['token'];
    if (token === undefined || token === null || token === '') return undefined;
    try {
      if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) throw new InvalidTokenError();
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
    const identity = socket.data.claims === undefined ? undefined : identityOf(socket);
    const why: Refusal | undefined = counter.identify(socket.conn, identity);
    if (why === undefined) return undefined;
    metrics.connectionsRefused.add(1, { why });
    log.warn({ socketId: socket.id, why, key: identity ?? counter.addressOf(socket.conn) }, 'connection refused: there are too many');
    return new HandshakeError('Too many connections', 'rate_limited');
  }

  async function decide(socket: PeerSocket, next: (error?: Error) => void): Promise<void> {
    const error = (await verify(socket)) ?? count(socket);
    next(error);
    // Socket.IO says why, and would then wait for a second attempt, which there is none on one connection.
    if (error !== undefined) setImmediate(() => socket.conn.close());
  }

  return (socket, next) => void decide(socket, next);
}
