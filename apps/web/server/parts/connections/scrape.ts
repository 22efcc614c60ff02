import type { IncomingMessage } from 'node:http';

import { errorFor } from '@switchboard/protocol';
import { FORWARDING_HEADERS, mayScrape } from '@switchboard/telemetry';

/** The other end of the connection, or nothing when a proxy has passed the request on. Always written by the server, so a client can't choose it. */
export const PEER_HEADER = 'x-switchboard-peer';

/** Notes in `PEER_HEADER` who asks, before Next.js adds an `X-Forwarded-For` where there was none. */
export function notePeer({ headers, socket }: IncomingMessage): void {
  const forwarded = FORWARDING_HEADERS.some((name) => headers[name] !== undefined);
  headers[PEER_HEADER] = forwarded ? '' : (socket.remoteAddress ?? '');
}

/** @throws ChatError `unauthenticated` without the token where one is set, otherwise `forbidden` for all but direct connections from nearby */
export function requireScraper({ headers }: Pick<Request, 'headers'>, token: string | undefined): void {
  const peer = headers.get(PEER_HEADER) ?? '';
  const scrape = { authorization: headers.get('authorization') ?? undefined, peer, forwarded: peer === '' };
  if (!mayScrape(scrape, token)) throw errorFor(token === undefined ? 'metrics_private' : 'metrics_token_required');
}
