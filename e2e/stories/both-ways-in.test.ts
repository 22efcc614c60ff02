import { randomBytes, randomUUID } from 'node:crypto';
import { request, type IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';

import { freePort } from '@switchboard/database/embedded';
import { ENDPOINTS } from '@switchboard/protocol';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

import { Server } from '../chaos/stack/node-process.ts';
import { webProgram } from '../chaos/stack/programs.ts';
import { png } from '../harness/image.ts';
import { OPERATORS, signIn } from '../harness/operators.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** As long as the boundaries of browsers. */
const BOUNDARY = '----formdata-both-ways-in-0123456789';
const system = inject('system');
/** Two servers of the same build: as in production, and with every request answered by Next.js. */
const servers: Server[] = [];
let direct: string;
let throughNext: string;
let operator: string;

beforeAll(async () => {
  const ports = [await freePort(), await freePort()] as const;
  [direct, throughNext] = [`http://127.0.0.1:${ports[0]}`, `http://127.0.0.1:${ports[1]}`];
  const settings = { frontend: direct, secret: randomBytes(32).toString('hex'), dataDir: system.dataDir };
  const ways = { database: system.databaseUrl, relay: system.relay, relayInside: system.relay };
  const [one, other] = [webProgram(settings, ports[0], ways), webProgram(settings, ports[1], ways)];
  servers.push(new Server('direct', one, `${direct}/readyz`));
  servers.push(new Server('through Next.js', { ...other, args: [...other.args, '--through-next'] }, `${throughNext}/readyz`));
  await Promise.all(servers.map(async (server) => await server.start()));
  operator = (await signIn(direct, OPERATORS.maya)).map(({ name, value }) => `${name}=${value}`).join('; ');
});
afterAll(async () => await Promise.all(servers.map(async (server) => await server.signal('SIGTERM'))));

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function inflated(headers: IncomingHttpHeaders, body: Buffer): Buffer {
  return headers['content-encoding'] === 'gzip' && body.length > 0 ? gunzipSync(body) : body;
}

async function ask(web: string, { method, path, headers = {}, body }: Asked): Promise<Answered> {
  const { hostname, port } = new URL(web);
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return await new Promise((answered, failed) => {
    const asking = request({ hostname, port, method, path, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        answered({ status: response.statusCode ?? 0, headers: response.headers, body: inflated(response.headers, Buffer.concat(chunks)) }),
      );
      response.on('error', failed);
    });
    asking.on('error', failed);
    asking.end(body);
  });
}

/** Headers that differ between requests, and those about the framing of a body: Next.js does not know its length, and compresses even the smallest one. */
const OF_THE_MOMENT = new Set(['date', 'x-request-id', 'content-length', 'transfer-encoding', 'content-encoding', 'set-cookie']);
/** Next.js lists headers of its pages in `Vary`, for routes too. */
const OF_PAGES = /^(rsc|next-.*)$/;

/** The parts of an answer that must be the same in both ways. */
function common({ status, headers, body }: Answered): object {
  const kept = Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !OF_THE_MOMENT.has(name))
      .map(([name, value]) => [name, String(value).replace(/'nonce-[^']*'/, "'nonce-…'")]),
  );
  const vary = (headers.vary ?? '')
    .toLowerCase()
    .split(/, */)
    .filter((name) => name !== '' && !OF_PAGES.test(name));
  const cookies = (headers['set-cookie'] ?? []).map((cookie) => cookie.replace(/=[^;]*/, '=…'));
  const isJson = headers['content-type']?.startsWith('application/json') === true;
  return { status, headers: { ...kept, vary: vary.toSorted() }, cookies, body: isJson ? shapeOf(body) : body.length > 0 };
}

/** The shape of JSON: types of its values, and the values of an error. */
function shapeOf(body: Buffer): unknown {
  if (body.length === 0) return 'nothing';
  return JSON.parse(body.toString(), (name, value: unknown) => {
    if (name === 'code' || name === 'message') return value;
    return typeof value === 'object' ? value : typeof value;
  }) as unknown;
}

async function expectSame(asked: Asked): Promise<Answered> {
  const [one, other] = [await ask(direct, asked), await ask(throughNext, asked)];
  expect(common(one), `${asked.method} ${asked.path}`).toEqual(common(other));
  return one;
}

/** The path of every endpoint, `x` for its parameters, and a path that no endpoint has. */
const PATHS = [
  ...new Set([...Object.keys(ENDPOINTS).map((name) => name.slice(name.indexOf('/')).replace(/\{\w+\}/, 'x')), '/api/nothing']),
];

async function visitor(): Promise<{ readonly authorization: string }> {
  const body = JSON.stringify({ username: 'Both Example' });
  const { body: answer } = await ask(direct, {
    method: 'POST',
    path: '/api/chat/sessions',
    headers: { 'content-type': 'application/json' },
    body,
  });
  const { token } = JSON.parse(answer.toString()) as { token: string };
  return { authorization: `Bearer ${token}` };
}

it('both ways answer every method of every route alike, whatever is sent', async () => {
  expect(PATHS.length).toBeGreaterThan(15);
  const [json, theirs] = [{ 'content-type': 'application/json' }, await visitor()];
  for (const path of PATHS) {
    for (const method of METHODS) {
      const sends = method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? {} : { body: '{"nonsense":[1]}' };
      for (const who of [{}, theirs, { cookie: operator, origin: direct }])
        await expectSame({ method, path, headers: { ...json, ...who, 'accept-encoding': 'gzip' }, ...sends });
    }
  }
});

it('both ways answer malformed requests alike', async () => {
  const [json, theirs] = [{ 'content-type': 'application/json' }, await visitor()];
  const post = { method: 'POST', path: '/api/chat/messages', headers: { ...json, ...theirs } };
  for (const body of ['', '{', '[]', '{"messages":[]}', `{"a":${'['.repeat(40)}`, 'x'.repeat(70_000)]) await expectSame({ ...post, body });
  await expectSame({ ...post, headers: theirs, body: '{}' });
  await expectSame({ ...post, headers: { ...json, authorization: 'Bearer nothing' }, body: '{}' });
  await expectSame({ method: 'POST', path: '/api/chat/token', headers: { ...json, ...theirs }, body: 'x'.repeat(70_000) });
  for (const path of [
    '/api/chat/token/',
    '//api/chat/token',
    '/api/chat/%74oken',
    '/api/chat/nothing',
    '/api',
    '/widget/',
    '/widget/assets/..%2fx',
  ])
    await expectSame({ method: 'GET', path });
  await expectSame({ method: 'GET', path: '/api/chat/messages?limit=many', headers: theirs });
  expect((await expectSame({ method: 'BREW', path: '/api/chat/messages' })).status).toBe(400);
});

it('both ways answer valid requests alike: messages, pictures, files of the widget, signing in', async () => {
  const [json, theirs] = [{ 'content-type': 'application/json' }, await visitor()];
  const messages = () => JSON.stringify({ messages: [{ messageKey: randomUUID(), messageType: 'TEXT', text: 'Hello' }] });
  const save = { method: 'POST', path: '/api/chat/messages', headers: { ...json, ...theirs }, body: messages() };
  expect((await expectSame(save)).status).toBe(200);
  // Long enough to be compressed.
  for (let each = 0; each < 12; each += 1) await ask(direct, { ...save, body: messages() });
  const page = { method: 'GET', path: '/api/chat/messages', headers: { ...theirs, 'accept-encoding': 'gzip' } };
  expect((await expectSame(page)).headers['content-encoding']).toBe('gzip');
  const form = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n`;
  const picture = Buffer.concat([Buffer.from(form), Buffer.from(png(8, 8, [1, 2, 3])), Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
  const upload = {
    method: 'POST',
    path: '/api/chat/uploads',
    headers: { ...theirs, 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    body: picture,
  };
  const uploaded = await expectSame(upload);
  expect(uploaded.status, uploaded.body.toString()).toBe(201);
  const { imageUrl } = JSON.parse(uploaded.body.toString()) as { imageUrl: string };
  for (const method of ['GET', 'HEAD']) expect((await expectSame({ method, path: imageUrl })).status).toBe(200);
  const loader = await expectSame({ method: 'GET', path: '/widget.js' });
  const known = { 'if-none-match': String(loader.headers.etag) };
  expect((await expectSame({ method: 'GET', path: '/widget.js', headers: known })).status).toBe(304);
  const frame = await expectSame({ method: 'GET', path: '/widget' });
  const [, asset = ''] = /(\/widget\/assets\/[\w.-]+\.js)/.exec(frame.body.toString()) ?? [];
  for (const encoding of ['identity', 'gzip']) {
    const headers = { 'accept-encoding': encoding };
    const given = await expectSame({ method: 'GET', path: asset, headers });
    expect([given.status, given.headers['content-encoding']]).toEqual([200, encoding === 'gzip' ? 'gzip' : undefined]);
  }
  const body = JSON.stringify({ email: OPERATORS.maya.email, password: OPERATORS.maya.password });
  expect((await expectSame({ method: 'POST', path: '/api/auth/sign-in/email', headers: { ...json, origin: direct }, body })).status).toBe(
    200,
  );
});
