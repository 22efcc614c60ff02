import { once } from 'node:events';

import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

import { launchBrowser } from '../harness/browser.ts';
import { ConsolePage } from '../harness/console-page.ts';
import { serveHostPage } from '../harness/host-page.ts';
import { png } from '../harness/image.ts';
import { createOperators } from '../harness/create-operators.ts';
import { OPERATORS } from '../harness/operators.ts';
import { WidgetPage } from '../harness/widget-page.ts';
import { openSite, type Site } from './site.ts';
import { join, joinAs, type Peer, startConversation, visitorsOn } from './sockets.ts';

let site: Site;
const peers: Peer[] = [];

beforeAll(async () => {
  site = await openSite();
  await createOperators(site.databaseUrl, [OPERATORS.maya]);
});
afterEach(() => {
  for (const { socket } of peers.splice(0)) socket.disconnect();
});
afterAll(async () => {
  await site?.close();
});

/** IP addresses of households: limits and sticky connections depend on the address. */
const addresses = Array.from({ length: 12 }, (_, index) => `127.0.0.${index + 20}`);

async function joinAll(...transports: readonly ('polling' | 'websocket')[]): Promise<Peer[]> {
  const joined = await Promise.all(addresses.map(async (from) => await joinAs(site.outside, `Visitor ${from}`, { transports, from })));
  peers.push(...joined);
  return joined;
}

async function shares(): Promise<number[]> {
  return await Promise.all(site.relays.map(visitorsOn));
}

async function say(peer: Peer, message: string): Promise<{ readonly ok: boolean }> {
  const payload = { type: 'text', message, messageKey: crypto.randomUUID() };
  return (await peer.socket.timeout(60_000).emitWithAck('clientMessage', payload)) as { ok: boolean };
}

it('a visitor and an operator exchange messages over TLS and wss, in real browsers, on different nodes or the same one', async () => {
  const browser: Browser = await launchBrowser();
  const host = await serveHostPage(site.outside.origin);
  try {
    const trusting = { ignoreHTTPSErrors: true };
    const maya = await ConsolePage.open(browser, site.outside.origin, trusting);
    const lines: string[] = [];
    maya.page.on('websocket', (line) => lines.push(line.url()));
    await maya.signIn(OPERATORS.maya.email, OPERATORS.maya.password);
    await maya.status('Connected');
    const ann = await WidgetPage.started(browser, host.url, 'Ann', trusting);
    await ann.say('Is the brass one dimmable?');
    await maya.row('Ann').click();
    await maya.log().getByText('Is the brass one dimmable?').waitFor();
    await maya.say('Yes, down to a tenth.');
    await ann.message('Yes, down to a tenth.').waitFor();
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatch(/^wss:\/\/localhost:\d+\/chat\//);
    const cookies = await maya.context.cookies();
    expect(cookies.length).toBeGreaterThan(0);
    for (const cookie of cookies) expect(cookie, cookie.name).toMatchObject({ secure: true });
  } finally {
    await host.close();
    await browser.close();
  }
});

it('redirects http to https, and refuses other host names', async () => {
  const { status, headers } = await site.outside.ask(`${site.insecure}/sign-in?from=mail`);
  expect([status, headers['location']]).toEqual([301, `${site.outside.origin}/sign-in?from=mail`]);
  expect((await site.outside.ask('/sign-in', { headers: { host: 'evil.example' } })).status).toBe(421);
});

it('passes on the security headers of the web app, each once, and does not reveal its software', async () => {
  const { headers } = await site.outside.ask('/sign-in');
  expect(headers).toMatchObject({
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining(
      `connect-src 'self' ${site.outside.origin} ${site.outside.origin.replace('https', 'wss')};`,
    ),
  });
  expect(headers['server']).toBe('nginx');
});

it.each([
  ['/metrics', 200],
  ['/livez', 200],
  ['/readyz', 200],
  ['/hints', 404],
])('does not expose %s, which a node answers with %i', async (path, behind) => {
  for (const method of ['GET', 'POST']) {
    const answer = await site.outside.ask(path, { method });
    expect([answer.status, answer.headers['server']], method).toEqual([404, 'nginx']);
  }
  expect((await fetch(`${site.web[0].url}${path}`)).status).toBe(behind);
});

it('refuses WebSockets to the web app', async () => {
  const upgrade = {
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const { status } = await site.outside.ask('/sign-in', { headers: upgrade });
  expect(status).toBe(200);
});

it('distributes WebSockets over the relays, and messages on one relay reach the other', async () => {
  const joined = await joinAll('websocket');
  for (const count of await shares()) expect(count).toBeGreaterThan(0);
  expect(await Promise.all(joined.map(async (peer) => await say(peer, 'Hello')))).toEqual(
    joined.map(() => expect.objectContaining({ ok: true })),
  );
});

it('sends all requests of a polling connection to the same relay', async () => {
  const joined = await joinAll('polling');
  for (const count of await shares()) expect(count).toBeGreaterThan(0);
  for (let round = 0; round < 5; round += 1)
    for (const peer of joined) expect(await say(peer, `Round ${round}`)).toMatchObject({ ok: true });
  for (const { socket } of joined) expect(socket.io.engine.transport.name).toBe('polling');
});

it('upgrades a polling connection to a WebSocket on the same relay', async () => {
  const joined = await joinAll('polling', 'websocket');
  for (const { socket } of joined) if (socket.io.engine.transport.name !== 'websocket') await once(socket.io.engine as never, 'upgrade');
  for (const peer of joined) expect(await say(peer, 'Still here')).toMatchObject({ ok: true });
});

it('ignores a forwarding header of a client', async () => {
  const claim = (index: number) => ({
    'x-forwarded-for': `203.0.113.${index}`,
    'x-real-ip': `203.0.113.${index}`,
    forwarded: `for=203.0.113.${index}`,
  });
  const start = async (index: number, from: string) => {
    const { status } = await site.outside.post('/api/chat/sessions', { username: 'Mallory' }, { headers: claim(index), from });
    return status;
  };
  // Forty in two minutes, and those of the next two minutes if this takes so long.
  const began = Date.now();
  let taken = 0;
  while ((await start(taken, '127.0.0.9')) === 201) taken += 1;
  expect(taken).toBeGreaterThanOrEqual(40);
  expect(taken).toBeLessThanOrEqual(41 * (1 + Math.floor((Date.now() - began) / 120_000)));
  // Another address is not limited with them, on either node.
  expect([await start(0, '127.0.0.10'), await start(0, '127.0.0.10')]).toEqual([201, 201]);
});

it('accepts pictures up to the limit, and refuses larger ones with the reason', async () => {
  const { token } = await startConversation(site.outside, 'Ann', '127.0.0.11');
  const upload = async (bytes: Buffer) => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'lamp.png');
    const encoded = new Response(form);
    return await site.outside.ask('/api/chat/uploads', {
      method: 'POST',
      headers: {
        'content-type': encoded.headers.get('content-type') ?? '',
        authorization: `Bearer ${token}`,
        origin: site.outside.origin,
      },
      body: Buffer.from(await encoded.arrayBuffer()),
    });
  };
  const taken = await upload(png(64, 64, [200, 150, 50]));
  expect(taken.status, taken.text).toBe(201);
  for (const size of [10.2, 14]) {
    const refused = await upload(Buffer.alloc(size * 1_048_576, 1));
    expect([refused.status, JSON.parse(refused.text)], `${size} MiB`).toEqual([
      413,
      { error: expect.objectContaining({ code: 'too_large', retryable: false }) },
    ]);
  }
});

it('writes no signature, token or text into its log', async () => {
  const { token, clientId } = await startConversation(site.outside, 'Ann', '127.0.0.12');
  const secret = 'canary-4711';
  await site.outside.ask(`/api/chat/uploads/1?e=1&s=${secret}`);
  await site.outside.ask(`/api/chat/messages?clientId=${clientId}&afterSeq=0&note=${secret}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await expect.poll(async () => await site.accessLog()).toContain('"GET /api/chat/messages" ');
  const log = await site.accessLog();
  expect(log).not.toContain(secret);
  expect(log).not.toContain(token);
});

it('keeps serving without a web node that was killed', async () => {
  const { token } = await startConversation(site.outside, 'Ann', '127.0.0.13');
  await site.web[0].server.signal('SIGKILL');
  const keys: string[] = [];
  for (let index = 0; index < 10; index += 1) {
    const messageKey = crypto.randomUUID();
    const { status } = await site.outside.post(
      '/api/chat/messages',
      { messages: [{ messageKey, messageType: 'TEXT', text: `Number ${index}` }] },
      { headers: { authorization: `Bearer ${token}` } },
    );
    if (status === 200) keys.push(messageKey);
  }
  expect(keys).toHaveLength(10);
  await site.web[0].restart();
});

it('moves all clients to the other relay when one stops, and loses no acknowledged message', async () => {
  const joined = await joinAll('websocket');
  for (const { socket } of joined) socket.on('connect', () => void join(socket, 'again'));
  await site.relays[0].server.signal('SIGTERM');
  await expect.poll(async () => await visitorsOn(site.relays[1])).toBe(joined.length);
  for (const peer of joined) expect(await say(peer, 'Back again')).toMatchObject({ ok: true });
  await site.relays[0].restart();
});
