import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { createTokens } from '@switchboard/tokens';
import { afterEach, expect, it } from 'vitest';

import { readConfig } from './config.ts';
import { revokeAtRelay } from './revoke.ts';
import { temporaryFolder } from './testing/run-start.ts';

const SECRET = 'kZ3v9QmT1xW7bN5rY8cJ2hF6gD4sA0pL';
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A relay that answers with these statuses, one after the other. */
async function relayThatAnswers(...statuses: number[]): Promise<{ url: string; heard: { authorization: string; body: string }[] }> {
  const heard: { authorization: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      heard.push({ authorization: request.headers.authorization ?? '', body });
      response.writeHead(statuses.shift() ?? 500).end();
    });
  });
  closers.push(() => server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

const at = (url: string, more: Record<string, string> = {}) =>
  readConfig({ JWT_SECRET: SECRET, RELAY_INTERNAL_URL: url, ...more }, '/repo');

it('notifies the relay with a service token, and retries until the relay accepts', async () => {
  const relay = await relayThatAnswers(503, 202);
  // A trailing slash does not matter.
  expect(await revokeAtRelay(at(`${relay.url}/`), 7)).toEqual({ accepted: true });
  expect(relay.heard).toHaveLength(2);
  const [, { authorization, body } = { authorization: '', body: '{}' }] = relay.heard;
  expect(JSON.parse(body)).toEqual([{ event: 'revoked', role: 'operator', id: 7, at: expect.any(Number) }]);
  expect(await createTokens([SECRET]).verifyRelayToken(authorization.slice('Bearer '.length))).toMatchObject({ role: 'service' });
});

it.each([
  [401, 'status 401: it has another JWT_SECRET than this command'],
  [404, 'status 404: a proxy, or another program'],
  [200, 'status 200'],
  [302, 'status 302'],
])('does not accept status %i', async (status, reason) => {
  const relay = await relayThatAnswers(status, status, status);
  expect(await revokeAtRelay(at(relay.url), 7)).toEqual({
    accepted: false,
    answered: true,
    reason: `${relay.url} did not accept it (${reason})`,
  });
});

it('reports that no relay was notified when nothing listens, or when there is no secret', async () => {
  const gone = await relayThatAnswers();
  for (const close of closers.splice(0)) close();
  expect(await revokeAtRelay(at(gone.url), 7)).toEqual({
    accepted: false,
    answered: false,
    reason: `no relay answered at ${gone.url} (ECONNREFUSED)`,
  });
  const dataDir = join(await temporaryFolder(), 'data');
  expect(await revokeAtRelay(at(gone.url, { JWT_SECRET: '', DATA_DIR: dataDir }), 7)).toEqual({
    accepted: false,
    answered: false,
    reason: `the relay at ${gone.url} was not notified, because JWT_SECRET is not set here`,
  });
  // It created no data folder.
  expect(existsSync(dataDir)).toBe(false);
});
