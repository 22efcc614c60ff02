import type { IncomingMessage } from 'node:http';

/**
 * Whether a request may go on to the handshake. A browser always says where its page is from, and that must be one of `allowed`, to the letter;
 * `null` (a sandboxed frame, a file) never is. A request without an `Origin` is not from a browser, carries no cookie that we would believe, and is
 * judged by its token alone.
 */
export function isAllowedOrigin(request: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin } = request.headers;
  return origin === undefined || (origin !== 'null' && allowed.includes(origin));
}
