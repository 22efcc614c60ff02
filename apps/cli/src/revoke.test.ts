import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

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

/** A relay that answers with these, one after the other. */
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

it('tells the relay as a service, and again until it takes it', async () => {
  const relay = await relayThatAnswers(503, 202);
  expect(await revokeAtRelay(readConfig({ JWT_SECRET: SECRET, RELAY_INTERNAL_URL: relay.url }, '/repo'), 7)).toBeUndefined();
  expect(relay.heard).toHaveLength(2);
  const [, { authorization, body } = { authorization: '', body: '{}' }] = relay.heard;
  expect(JSON.parse(body)).toMatchObject({ event: 'revoked', role: 'operator', id: 7, at: expect.any(Number) });
  expect(await createTokens([SECRET]).verifyRelayToken(authorization.slice('Bearer '.length))).toMatchObject({ role: 'service' });
});

it('says what is wrong when the relay does not take it', async () => {
  const relay = await relayThatAnswers(401, 401, 401);
  const config = readConfig({ JWT_SECRET: SECRET, RELAY_INTERNAL_URL: relay.url }, '/repo');
  expect(await revokeAtRelay(config, 7)).toBe(`${relay.url} answers with status 401`);
});

it('has nothing to do where no relay listens, or none has ever run', async () => {
  const gone = await relayThatAnswers();
  for (const close of closers.splice(0)) close();
  expect(await revokeAtRelay(readConfig({ JWT_SECRET: SECRET, RELAY_INTERNAL_URL: gone.url }, '/repo'), 7)).toBeUndefined();
  const dataDir = await temporaryFolder();
  expect(await revokeAtRelay(readConfig({ DATA_DIR: dataDir }, '/repo'), 7)).toBeUndefined();
});
