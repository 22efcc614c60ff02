import { ERRORS } from '@switchboard/protocol';
import type { Logger } from '@switchboard/telemetry';
import { InvalidTokenError, type Tokens } from '@switchboard/tokens';

import type { RelayMetrics } from './metrics.ts';
import type { PeerSocket } from './peer.ts';

/** What reaches a refused socket as `connect_error`. Socket.IO sends `message` and `data`. */
class HandshakeError extends Error {
  readonly data: { code: keyof typeof ERRORS; retryable: boolean };
  constructor(message: string, code: keyof typeof ERRORS) {
    super(message);
    this.data = { code, retryable: ERRORS[code].retryable };
  }
}

/** A middleware that reads the token before a socket is connected. No token is fine here (`join` decides); a bad one refuses the connection. */
export function authenticate(
  tokens: Pick<Tokens, 'verifyRelayToken'>,
  log: Logger,
  metrics: RelayMetrics,
): (socket: PeerSocket, next: (error?: Error) => void) => void {
  async function verify(socket: PeerSocket): Promise<Error | undefined> {
    const token: unknown = socket.handshake.auth['token'];
    if (token === undefined || token === null || token === '') return undefined;
    try {
      if (typeof token !== 'string') throw new InvalidTokenError();
      socket.data.claims = await tokens.verifyRelayToken(token);
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
  return (socket, next) => {
    void (async () => next(await verify(socket)))();
  };
}
