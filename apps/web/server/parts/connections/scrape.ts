import type { IncomingMessage } from 'node:http';

import { errorFor } from '@switchboard/protocol';
import { FORWARDING_HEADERS, mayScrape } from '@switchboard/telemetry';

/** The other end of the connection; empty when a proxy has forwarded the request. The server always sets it, so a client cannot choose it. */
export const PEER_HEADER = 'x-switchboard-peer';

/** Sets `PEER_HEADER` before Next.js adds an `X-Forwarded-For` to requests without one. */
export function notePeer({ headers, socket }: IncomingMessage): void {
  const forwarded = FORWARDING_HEADERS.some((name) => headers[name] !== undefined);
  headers[PEER_HEADER] = forwarded ? '' : (socket.remoteAddress ?? '');
}

/** @throws ChatError `unauthenticated` when a metrics token is set and the request lacks it; without one, `forbidden` for all but direct connections from nearby machines */
export function requireScraper({ headers }: Pick<Request, 'headers'>, token: string | undefined): void {
  const peer = headers.get(PEER_HEADER) ?? '';
  const scrape = { authorization: headers.get('authorization') ?? undefined, peer, forwarded: peer === '' };
  if (!mayScrape(scrape, token)) throw errorFor(token === undefined ? 'metrics_private' : 'metrics_token_required');
}
