import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

import { clientAddress } from '@switchboard/limits/address';

/** Where a request's address is found by whoever handles it. Always written by us, so a client can't choose it. */
export const ADDRESS_HEADER = 'x-switchboard-address';

/**
 * Notes every request's address in `ADDRESS_HEADER` before Next.js sees it (a route handler has no socket, and Next.js believes any
 * `X-Forwarded-For`). Returns how to stop.
 */
export function noteClientAddresses(trustedHops: number): () => void {
  const note = (event: unknown) => {
    const { request } = event as { request: IncomingMessage };
    request.headers[ADDRESS_HEADER] = clientAddress(request.socket.remoteAddress, request.headers['x-forwarded-for'], trustedHops);
  };
  subscribe('http.server.request.start', note);
  return () => unsubscribe('http.server.request.start', note);
}
