import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';

import { io } from 'socket.io-client';
import { expect, inject, it } from 'vitest';

import { rowsOf } from '../harness/database.ts';
import { png } from '../harness/image.ts';
import { OPERATORS } from '../harness/operators.ts';

const system = inject('system');
const APP = resolve(import.meta.dirname, '../../apps/web/app');

/** Every address that the web app serves, from its files, with values for parameters such as `[id]`. */
async function addresses(): Promise<string[]> {
  const files = (await readdir(APP, { recursive: true })).filter((file) => /(^|\/)(page\.tsx|route\.ts)$/.test(file));
  return files.map((file) => {
    const parts = file.split('/').slice(0, -1);
    return `/${parts
      .filter((part) => !part.startsWith('('))
      .map((part) => part.replace(/^\[.*\]$/, 'x'))
      .join('/')}`;
  });
}

it('every address answers with headers against content sniffing, referrer leaks and framing', async () => {
  const strayed = [
    '/not-there',
    '/_next/not-there',
    '/api/not-there',
    '/api/chat/not-there',
    '/widget/not-there',
    '/widgets',
    '/demo/not-there',
    '/livez/x',
  ];
  const all = [...(await addresses()), ...strayed];
  expect(all.length).toBeGreaterThan(18);
  for (const address of all) {
    const { headers, status } = await fetch(`${system.web}${address}`, { redirect: 'manual' });
    expect([headers.get('x-content-type-options'), headers.get('referrer-policy'), headers.get('x-powered-by')], address).toEqual([
      'nosniff',
      'no-referrer',
      null,
    ]);
    // These addresses do not answer GET.
    if (status === 405) continue;
    // The loader and the frame's files are for pages of other sites, and are not pages.
    if (status < 400 && /^\/widget\.js$|^\/widget\/assets\/|^\/_next\/|^\/metrics$|^\/livez$|^\/readyz$/.test(address)) continue;
    const policy = headers.get('content-security-policy') ?? '';
    const scripts = /script-src ([^;]*)|default-src ([^;]*)/.exec(policy)?.[0] ?? '';
    expect(scripts, `${address}: ${policy}`).not.toBe('');
    expect(scripts, address).not.toMatch(/unsafe-inline|unsafe-eval|\*|data:|https?:(?![/])/);
    expect(policy, address).toMatch(address === '/widget' ? /frame-ancestors (\*|'self')/ : /frame-ancestors ('none'|'self')/);
  }
});

it('the web app checks connections and requests before Next.js handles them', async () => {
  const { hostname, port } = new URL(system.web);
  /** Everything that a new connection receives until it is closed. */
  const say = async (text: string) =>
    await new Promise<string>((resolve) => {
      let heard = '';
      const socket = connect(Number(port), hostname, () => socket.write(text));
      socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
      // A broken connection is reported in one of two ways.
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(heard));
    });
  const json = 'Content-Type: application/json\r\n';
  const answers = await Promise.all([
    say('GET http://evil.example/sign-in HTTP/1.1\r\nHost: x\r\n\r\n'),
    say(`POST /sign-in HTTP/1.1\r\nHost: x\r\n${json}Content-Length: 10000000\r\n\r\n`),
    say(`POST /api/auth/sign-in/email HTTP/1.1\r\nHost: x\r\nOrigin: ${system.web}\r\n${json}Content-Length: 400000000\r\n\r\n`),
    // This connection sends no request.
    say(''),
    say('GET /livez HTTP/1.1\r\nHost:'),
  ]);
  expect(answers.map((answer) => answer.split(' ')[1])).toEqual(['400', '413', '413', undefined, undefined]);
  expect(answers[0]).not.toContain('evil');
});

it('an operator’s cookie has no effect in requests from another site', async () => {
  const cookie = (system.sessions[OPERATORS.maya.email] ?? []).map(({ name, value }) => `${name}=${value}`).join('; ');
  const before = (await rowsOf(system.databaseUrl, 'Mallory')).length;
  for (const origin of ['https://evil.example', 'null', `${system.web}.evil.example`, undefined]) {
    for (const path of ['messages', 'token', 'receipts', 'end', 'sessions', 'timings', 'uploads']) {
      for (const type of ['application/json', 'text/plain']) {
        const headers = { cookie, 'content-type': type, ...(origin === undefined ? {} : { origin }) };
        const { status } = await fetch(`${system.web}/api/chat/${path}`, {
          method: 'POST',
          headers,
          body: '{"clientId":1,"username":"Mallory","clientSocketId":"x"}',
        });
        expect([401, 403, 415], `${path} from ${origin} as ${type}: ${status}`).toContain(status);
      }
    }
  }
  expect((await rowsOf(system.databaseUrl, 'Mallory')).length).toBe(before);
});

it('no secret reaches a log: passwords, tokens, cookies, texts, names of files, signatures', async () => {
  const canary = 'canary-7f3a';
  const origin = system.web;
  const post = async (path: string, body: object, headers: Record<string, string> = {}) =>
    await fetch(`${system.web}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, ...headers },
      body: JSON.stringify(body),
    });

  const started = (await (
    await post('/api/chat/sessions', { username: `${canary}-name`, email: `${canary}@example.org`, phone: '+49 30 1234' })
  ).json()) as {
    token: string;
    resumeToken: string;
  };
  const authorization = `Bearer ${started.token}`;
  const message = { messageKey: crypto.randomUUID(), messageType: 'TEXT', text: `${canary}-text` };
  expect((await post('/api/chat/messages', { messages: [message] }, { authorization })).status).toBe(200);
  // A failed request is logged without its contents.
  await post(
    '/api/chat/messages',
    { messages: [{ ...message, messageKey: `${canary}-key`, text: `${canary}-refused` }] },
    { authorization },
  );
  await post('/api/auth/sign-in/email', { email: `${canary}-who@example.org`, password: `${canary}-password` });
  await post('/api/chat/token', {}, { authorization: `Bearer ${canary}-token` });
  await fetch(`${system.web}/api/chat/messages?clientId=${canary}-query`, { headers: { cookie: `session=${canary}-cookie` } });
  const form = new FormData();
  form.append('file', new File([new Uint8Array(png(8, 8, [1, 2, 3]))], `${canary}-file.png`, { type: 'image/png' }));
  const picture = (await (
    await fetch(`${system.web}/api/chat/uploads`, { method: 'POST', headers: { authorization, origin }, body: form })
  ).json()) as { imageUrl: string };
  expect((await fetch(new URL(picture.imageUrl, system.web))).status).toBe(200);

  const socket = io(system.relay, {
    path: '/chat',
    transports: ['websocket'],
    auth: { token: started.token },
    extraHeaders: { origin },
    forceNew: true,
  });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  await socket.emitWithAck('join', { role: 'client', name: `${canary}-name` });
  await socket.emitWithAck('clientMessage', { type: 'text', message: `${canary}-relayed`, messageKey: crypto.randomUUID() });
  await socket.emitWithAck('clientMessage', { type: 'text', message: { text: `${canary}-broken` } });
  socket.disconnect();
  const stranger = io(system.relay, {
    path: '/chat',
    transports: ['websocket'],
    auth: { token: `${canary}-token` },
    extraHeaders: { origin },
    forceNew: true,
    reconnection: false,
  });
  await new Promise<void>((resolve) => stranger.once('connect_error', () => resolve()));
  stranger.disconnect();

  const folder = join(system.dataDir, 'logs');
  const files = [...(await readdir(folder)).map((name) => join(folder, name)), join(system.dataDir, 'start.log')];
  const readLogs = async () => (await Promise.all(files.map(async (file) => await readFile(file, 'utf8')))).join('\n');
  // The logs are complete: the refused event, the last one on the relay, is in them.
  await expect.poll(readLogs).toContain('token refused');
  await expect.poll(readLogs).toContain('a request was refused');
  const logs = await readLogs();
  expect(logs.split('\n').filter((line) => line.includes(canary))).toEqual([]);
  const signature = new URL(picture.imageUrl, system.web).searchParams.get('s') ?? '';
  expect(signature.length).toBeGreaterThan(10);
  for (const secret of [started.token, started.resumeToken, signature, OPERATORS.maya.password]) expect(logs.includes(secret)).toBe(false);
});
