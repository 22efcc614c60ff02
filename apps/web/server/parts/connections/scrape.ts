import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

import { ChatError } from '@switchboard/protocol';
import { FORWARDING_HEADERS, mayScrape } from '@switchboard/telemetry';

/** The other end of the connection, or nothing when a proxy has passed the request on. Always written by us, so a client can't choose it. */
export const PEER_HEADER = 'x-switchboard-peer';

/** Notes in `PEER_HEADER` who asks before Next.js sees the request, and adds an `X-Forwarded-For` where there was none. Returns how to stop. */
export function notePeers(): () => void {
  const note = (event: unknown) => {
    const { headers, socket } = (event as { request: IncomingMessage }).request;
    const forwarded = FORWARDING_HEADERS.some((name) => headers[name] !== undefined);
    headers[PEER_HEADER] = forwarded ? '' : (socket.remoteAddress ?? '');
  };
  subscribe('http.server.request.start', note);
  return () => unsubscribe('http.server.request.start', note);
}

/** @throws ChatError `unauthenticated` without the token where one is set, otherwise `forbidden` for all but direct connections from nearby */
export function requireScraper({ headers }: Request, token: string | undefined): void {
  const peer = headers.get(PEER_HEADER) ?? '';
  const scrape = { authorization: headers.get('authorization') ?? undefined, peer, forwarded: peer === '' };
  if (!mayScrape(scrape, token)) throw new ChatError(token === undefined ? 'forbidden' : 'unauthenticated', 'Not for everybody.');
}
