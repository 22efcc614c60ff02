import { IncomingMessage, request } from 'node:http';
import { Socket } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { isAllowedOrigin } from './origin.ts';
import { startRelay, type TestRelay } from '../testing/test-relay.ts';

const relays: TestRelay[] = [];
async function start(): Promise<TestRelay> {
  const relay = await startRelay({ allowedOrigins: ['https://chat.example', 'http://localhost:3000'] });
  relays.push(relay);
  return relay;
}
afterEach(async () => {
  await Promise.all(relays.splice(0).map(async (relay) => await relay.close()));
});

const allowed = [undefined, 'https://chat.example', 'http://localhost:3000'];
const refused = [
  'null',
  '',
  'http://chat.example',
  'https://chat.example:8443',
  'https://chat.example.evil.example',
  'https://evil.example',
  'https://sub.chat.example',
  'https://CHAT.example',
  'https://chat.example/',
  'http://localhost:3001',
  'http://localhost',
  'https://chat.example, https://evil.example',
];
const attempt = async (relay: TestRelay, transport: string, origin: string | undefined) =>
  await relay.connect(undefined, { transports: [transport], ...(origin === undefined ? {} : { extraHeaders: { origin } }) });

describe.each(['websocket', 'polling'])('over %s', (transport) => {
  it.each(allowed)('the origin %j is accepted', async (origin) => {
    await expect(attempt(await start(), transport, origin)).resolves.toBeDefined();
  });

  it.each(refused)('the origin %j is refused', async (origin) => {
    const relay = await start();
    await expect(attempt(relay, transport, origin)).rejects.toThrow(`${transport === 'polling' ? 'xhr poll' : 'websocket'} error`);
    expect(await relay.metrics()).toMatch(/relay_origins_refused_total\{service="relay"\} [1-9]/);
  });
});

it('a page of another origin is refused even with a valid token', async () => {
  const relay = await start();
  const token = await relay.mint({ role: 'operator', id: 1, name: 'Maya' });
  await expect(relay.connect(token, { extraHeaders: { origin: 'https://evil.example' } })).rejects.toThrow('websocket error');
});

it('an upgrade from another origin than the handshake is refused', async () => {
  const relay = await start();
  const polling = await relay.connect(undefined, { transports: ['polling'], extraHeaders: { origin: 'https://chat.example' } });
  const sid = polling.socket.io.engine.id ?? '';
  const status = await new Promise((resolve, reject) => {
    const upgrade = request(`${relay.url}/chat/?EIO=4&transport=websocket&sid=${sid}`, {
      headers: {
        origin: 'https://evil.example',
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    });
    upgrade.on('upgrade', () => resolve(101));
    upgrade.on('response', (response) => resolve(response.statusCode));
    upgrade.on('error', reject);
    upgrade.end();
  });
  expect(status).not.toBe(101);
});

it('a refusal over HTTP has the reason', async () => {
  const relay = await start();
  const response = await fetch(`${relay.url}/chat/?EIO=4&transport=polling`, { headers: { origin: 'null' } });
  expect([response.status, await response.json()]).toMatchObject([403, { error: { code: 'forbidden', message: 'Origin not allowed' } }]);
});

it('CORS headers allow only pages of allowed origins to read answers', async () => {
  const relay = await start();
  const ask = async (origin: string) =>
    await fetch(`${relay.url}/chat/?EIO=4&transport=polling`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    });
  expect((await ask('https://chat.example')).headers.get('access-control-allow-origin')).toBe('https://chat.example');
  expect((await ask('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
  expect((await ask('null')).headers.get('access-control-allow-origin')).toBeNull();
});

it('the origin null never matches, not even a list that contains it', () => {
  const request = new IncomingMessage(new Socket());
  request.headers.origin = 'null';
  expect(isAllowedOrigin(request, ['null'])).toBe(false);
});
