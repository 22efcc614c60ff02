import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createTokens } from '@switchboard/tokens';
import { afterEach, expect, it } from 'vitest';

import { postHints, reasonOf, revokedHint } from './index.ts';

const tokens = createTokens(['a secret for tests that is long enough']);
const hint = { event: 'conversationChanged', clientId: 'a', lastSeq: 1 } as const;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

interface Heard {
  readonly request: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server that stands in for the relay. */
async function relayThat(answer: (response: ServerResponse) => void): Promise<{ url: string; heard: Heard[] }> {
  const heard: Heard[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      heard.push({ request: `${request.method} ${request.url}`, headers: request.headers, body });
      answer(response);
    });
  });
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

const sender = (relayUrl: string) => ({ relayUrl, tokens, name: 'test' });

it('posts hints with a service token, and returns the relay process that accepted them', async () => {
  const { url, heard } = await relayThat((response) => response.writeHead(202).end(JSON.stringify({ delivered: 0, node: 'relay 1' })));
  expect(await postHints(sender(url), [hint])).toEqual({ outcome: 'taken', node: 'relay 1' });
  expect(heard.map(({ request, body }) => [request, JSON.parse(body)])).toEqual([['POST /hints', [hint]]]);
  const token = heard[0]?.headers.authorization?.slice('Bearer '.length) ?? '';
  expect(await tokens.verifyRelayToken(token)).toMatchObject({ role: 'service', name: 'test' });
});

it.each(['', 'no JSON', '{"delivered":0}', '{"node":7}'])(
  'accepts the answer %j of a relay that does not name its process',
  async (body) => {
    const { url } = await relayThat((response) => response.writeHead(202).end(body));
    expect(await postHints(sender(url), [hint])).toEqual({ outcome: 'taken', node: undefined });
  },
);

it.each([200, 401, 404, 503])('treats status %i as a refusal', async (status) => {
  const { url } = await relayThat((response) => response.writeHead(status).end('{}'));
  expect(await postHints(sender(url), [hint])).toEqual({ outcome: 'refused', status });
});

it('follows no redirect, which would send its token to another server', async () => {
  const other = await relayThat((response) => response.writeHead(202).end());
  const { url } = await relayThat((response) => response.writeHead(307, { location: `${other.url}/hints` }).end());
  expect(await postHints(sender(url), [hint])).toEqual({ outcome: 'refused', status: 307 });
  expect(other.heard).toEqual([]);
});

it('says why a relay can’t be reached', async () => {
  const { url } = await relayThat(() => undefined);
  for (const close of closers.splice(0)) close();
  const answer = await postHints(sender(url), [hint]);
  expect(answer.outcome).toBe('unreachable');
  expect(answer.outcome === 'taken' ? '' : reasonOf(answer)).toMatch(/^fetch failed: .*ECONNREFUSED/);
});

it('ends the request when its signal is aborted', async () => {
  const gaveUp = new AbortController();
  const { url } = await relayThat(() => gaveUp.abort(new Error('no longer needed')));
  expect(await postHints({ ...sender(url), signal: gaveUp.signal }, [hint])).toMatchObject({
    outcome: 'unreachable',
    error: { message: 'no longer needed' },
  });
});

it('revokes from the second of the revocation on, with the visitor’s address where it is known', () => {
  const at = new Date(1_700_000_000_999);
  expect(revokedHint({ role: 'client', id: 7, address: 'a' }, at)).toEqual({
    event: 'revoked',
    role: 'client',
    id: 7,
    at: 1_700_000_000,
    address: 'a',
  });
  expect(revokedHint({ role: 'operator', id: 8, address: null }, at)).toEqual({
    event: 'revoked',
    role: 'operator',
    id: 8,
    at: 1_700_000_000,
  });
});
