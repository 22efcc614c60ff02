import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { notePeer, PEER_HEADER } from './scrape.ts';

let seen: IncomingHttpHeaders;
const http = createServer((request, response) => {
  notePeer(request);
  seen = request.headers;
  response.end();
});
beforeAll(async () => {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
});
afterAll(async () => {
  http.close();
  await once(http, 'close');
});

async function peerOf(headers: Record<string, string>): Promise<unknown> {
  const { port } = http.address() as AddressInfo;
  await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { ...headers, connection: 'close' } })).text();
  return seen[PEER_HEADER];
}

it('the peer is the other end of the connection, whatever header the client sends', async () => {
  expect(await peerOf({})).toBe('127.0.0.1');
  expect(await peerOf({ [PEER_HEADER]: '10.0.0.1' })).toBe('127.0.0.1');
});

it.each(['x-forwarded-for', 'x-real-ip', 'forwarded'])('there is no peer when a proxy sends %s', async (header) => {
  expect(await peerOf({ [header]: '10.0.0.1', [PEER_HEADER]: '10.0.0.1' })).toBe('');
});
