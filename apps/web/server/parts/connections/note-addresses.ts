import type { IncomingMessage } from 'node:http';

import { clientAddress } from '@switchboard/limits/address';

/** The header with the client's address for handlers. The server always sets it, so a client cannot choose it. */
export const ADDRESS_HEADER = 'x-switchboard-address';

/** Sets `ADDRESS_HEADER`: a route handler has no socket, and Next.js trusts any `X-Forwarded-For`. */
export function noteClientAddress(request: IncomingMessage, trustedHops: number): void {
  request.headers[ADDRESS_HEADER] = clientAddress(request.socket.remoteAddress, request.headers['x-forwarded-for'], trustedHops);
}
