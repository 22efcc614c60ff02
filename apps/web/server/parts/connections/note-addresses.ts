import type { IncomingMessage } from 'node:http';

import { clientAddress } from '@switchboard/limits/address';

/** Where a request's address is found by whatever handles it. Always written by the server, so a client can't choose it. */
export const ADDRESS_HEADER = 'x-switchboard-address';

/** Notes the request's address in `ADDRESS_HEADER`: a route handler has no socket, and Next.js believes any `X-Forwarded-For`. */
export function noteClientAddress(request: IncomingMessage, trustedHops: number): void {
  request.headers[ADDRESS_HEADER] = clientAddress(request.socket.remoteAddress, request.headers['x-forwarded-for'], trustedHops);
}
