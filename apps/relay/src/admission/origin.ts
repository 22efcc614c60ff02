import type { IncomingMessage } from 'node:http';

/**
 * Whether a request may begin the handshake. A browser always sends the origin of its page, which must be exactly one of `allowed`; `null` (a sandboxed
 * frame, a file) never is. A request without an `Origin` does not come from a browser. The relay uses no cookies, so its token alone decides.
 */
export function isAllowedOrigin(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin } = request.headers;
  return origin === undefined || (origin !== 'null' && allowed.includes(origin));
}
