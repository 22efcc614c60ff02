import { ERRORS } from '@switchboard/protocol';
import type { Logger } from '@switchboard/telemetry';
import { InvalidTokenError, type Tokens } from '@switchboard/tokens';

import type { EngineConnection } from '../engine/index.ts';
import type { RelayMetrics } from '../metrics.ts';
import { clientIpOf, identityOf, type NewSocket } from '../peer.ts';
import type { ConnectionCounter } from './connection-counter.ts';
import type { Revocations } from './revocations.ts';
import { connectionEnd } from './token-end.ts';

/** Connections of one operator, or of one conversation: all its tabs. */
export const MAX_CONNECTIONS_PER_IDENTITY = 100;
/** Switchboard's own tokens have some hundred. Characters. */
const MAX_TOKEN_LENGTH = 4_096;

/** What a refused socket receives as `connect_error`. Socket.IO sends `message` and `data`. */
class HandshakeError extends Error {
  readonly data: { code: keyof typeof ERRORS; retryable: boolean };
  constructor(message: string, code: keyof typeof ERRORS) {
    super(message);
    this.data = { code, retryable: ERRORS[code].retryable };
  }
}

/** What the handshake needs. */
export interface Handshake {
  readonly tokens: Pick<Tokens, 'verifyRelayToken'>;
  readonly revocations: Revocations;
  readonly counter: ConnectionCounter<EngineConnection>;
  readonly log: Logger;
  readonly metrics: RelayMetrics;
}

/**
 * A middleware that verifies the token of each new connection and copies what is needed of the handshake to `socket.data`: nothing reads the handshake later.
 * A connection without a token is accepted (`join` decides what it may do), one with an invalid token is refused. Connections with a token are counted by
 * person, those without by IP address (`ConnectionCounter`).
 */
export function authenticate(handshake: Handshake): (socket: NewSocket, next: (error?: Error) => void) => void {
  const { tokens, revocations, counter, log, metrics } = handshake;

  async function verify(socket: NewSocket): Promise<Error | undefined> {
    const token: unknown = socket.handshake.auth['token'];
    if (token === undefined || token === null || token === '') return undefined;
    try {
      if (typeof token !== 'string' || token.length > MAX_TOKEN_LENGTH) throw new InvalidTokenError();
      const { issuedAt, expiresAt, ...claims } = await tokens.verifyRelayToken(token);
      if (revocations.covers(claims, issuedAt)) throw new InvalidTokenError();
      Object.assign(socket.data, { claims, issuedAt, endsAt: connectionEnd({ issuedAt, expiresAt }) } satisfies typeof socket.data);
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

  function count(socket: NewSocket): Error | undefined {
    const identity = socket.data.claims === undefined ? undefined : identityOf(socket);
    const why = counter.identify(socket.conn, identity);
    if (why === undefined) return undefined;
    metrics.connectionsRefused.add(1, { why });
    log.warn({ socketId: socket.id, why, key: identity ?? clientIpOf(socket) }, 'connection refused: there are too many');
    return new HandshakeError('Too many connections', 'rate_limited');
  }

  async function decide(socket: NewSocket, next: (error?: Error) => void): Promise<void> {
    const clientIp = counter.ipOf(socket.conn);
    if (clientIp !== undefined) socket.data.clientIp = clientIp;
    const error = (await verify(socket)) ?? count(socket);
    next(error);
    // Socket.IO sends the reason and would then wait for a second attempt. On one connection there is only one.
    if (error !== undefined) setImmediate(() => socket.conn.close());
  }

  return (socket, next) => void decide(socket, next);
}
