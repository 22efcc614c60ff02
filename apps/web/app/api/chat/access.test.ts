import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { beforeAll, describe, expect, it } from 'vitest';

import { installServices } from '../../../server/services/services.ts';
import { ask, closedLimits, newOperator, newVisitor, text, useTestServer, type Person } from '../../../server/testing/test-server.ts';
import { POST as block } from './block/route.ts';
import { POST as done } from './done/route.ts';
import { POST as end } from './end/route.ts';
import { GET as read, POST as save } from './messages/route.ts';
import { POST as page } from './page/route.ts';
import { POST as receipts } from './receipts/route.ts';
import { GET as recent } from './recent/route.ts';
import { POST as sessions } from './sessions/route.ts';
import { POST as timings } from './timings/route.ts';
import { POST as token } from './token/route.ts';
import { GET as image } from './uploads/[id]/route.ts';
import { POST as upload } from './uploads/route.ts';

const server = useTestServer();

type Handler = (request: Request) => Promise<Response>;
type Who = 'anonymous' | 'a' | 'b' | 'operator' | 'admin';
interface Attempt {
  readonly route: string;
  readonly handler: Handler;
  /** The request that means to touch the conversation of visitor A. */
  readonly request: (headers: Readonly<Record<string, string>>) => Request;
  /** B asks for what is A's: refused, or answered about B's own. */
  readonly expected: Readonly<Record<Who, number>>;
}

let people: Record<Exclude<Who, 'anonymous'>, Person>;
beforeAll(async () => {
  people = {
    a: await newVisitor('Ann'),
    b: await newVisitor('Bea'),
    operator: await newOperator(server.services),
    admin: await newOperator(server.services, 'Grace', 'ADMIN'),
  };
  await save(ask('POST', '/api/chat/messages', { headers: people.a.headers, body: { messages: [text('the secret of A')] } }));
});

const form = (clientId: number) => {
  const data = new FormData();
  data.set('clientId', String(clientId));
  data.set('file', new File(['no image'], 'a.png'));
  return data;
};

const ATTEMPTS: readonly Attempt[] = [
  {
    route: 'GET messages',
    handler: read,
    request: (headers) => ask('GET', `/api/chat/messages?clientId=${people.a.id}`, { headers }),
    expected: { anonymous: 401, a: 200, b: 404, operator: 200, admin: 200 },
  },
  {
    route: 'POST messages',
    handler: save,
    request: (headers) => ask('POST', '/api/chat/messages', { headers, body: { messages: [text('hi', { clientId: people.a.id })] } }),
    expected: { anonymous: 401, a: 200, b: 404, operator: 200, admin: 200 },
  },
  {
    route: 'POST messages, by session',
    handler: save,
    request: (headers) =>
      ask('POST', '/api/chat/messages', { headers, body: { messages: [text('hi', { sessionId: people.a.sessionId })] } }),
    expected: { anonymous: 401, a: 200, b: 404, operator: 200, admin: 200 },
  },
  {
    route: 'POST receipts',
    handler: receipts,
    request: (headers) => ask('POST', '/api/chat/receipts', { headers, body: { readSeq: 1, clientId: people.a.id } }),
    expected: { anonymous: 401, a: 200, b: 404, operator: 200, admin: 200 },
  },
  {
    route: 'GET recent',
    handler: recent,
    request: (headers) => ask('GET', '/api/chat/recent?limit=5', { headers }),
    expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
  },
  {
    route: 'POST block',
    handler: block,
    request: (headers) => ask('POST', '/api/chat/block', { headers, body: { clientId: people.a.id, blocked: false } }),
    expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
  },
  {
    route: 'POST done',
    handler: done,
    request: (headers) => ask('POST', '/api/chat/done', { headers, body: { clientId: people.a.id, done: true } }),
    expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
  },
  {
    route: 'POST page',
    handler: page,
    request: (headers) => ask('POST', '/api/chat/page', { headers, body: { url: 'https://shop.example/lamps' } }),
    expected: { anonymous: 401, a: 200, b: 200, operator: 403, admin: 403 },
  },
  {
    route: 'POST token',
    handler: token,
    request: (headers) => ask('POST', '/api/chat/token', { headers }),
    expected: { anonymous: 401, a: 200, b: 200, operator: 200, admin: 200 },
  },
  {
    route: 'POST timings',
    handler: timings,
    request: (headers) => ask('POST', '/api/chat/timings', { headers, body: { saved: [12] } }),
    expected: { anonymous: 401, a: 202, b: 202, operator: 202, admin: 202 },
  },
  {
    // 415: let in, and found to be no image. A visitor's clientId is not looked at: the token says which conversation.
    route: 'POST uploads',
    handler: upload,
    request: (headers) => ask('POST', '/api/chat/uploads', { headers, body: form(people.a.id) }),
    expected: { anonymous: 401, a: 415, b: 415, operator: 415, admin: 415 },
  },
  {
    route: 'POST sessions for an old front-end',
    handler: sessions,
    request: (headers) => ask('POST', '/api/chat/sessions', { headers, body: { clientSocketId: 'socket-of-A', username: 'Old Ann' } }),
    expected: { anonymous: 401, a: 401, b: 401, operator: 201, admin: 201 },
  },
  {
    route: 'GET uploads/[id] without a signature',
    handler: async (request) => await image(request, { params: Promise.resolve({ id: '0191d2a4-0000-4000-8000-000000000001' }) }),
    request: (headers) => ask('GET', '/api/chat/uploads/0191d2a4-0000-4000-8000-000000000001', { headers }),
    expected: { anonymous: 403, a: 403, b: 403, operator: 403, admin: 403 },
  },
  // The last one: a visitor who has ended the chat can do nothing any more.
  {
    route: 'POST end',
    handler: end,
    request: (headers) => ask('POST', '/api/chat/end', { headers, body: { clientId: people.a.id } }),
    expected: { anonymous: 401, a: 200, b: 404, operator: 200, admin: 200 },
  },
];

const CASES = ATTEMPTS.flatMap((attempt) =>
  Object.entries(attempt.expected).map(([who, status]) => [attempt.route, who as Who, status, attempt] as const),
);

describe('who may do what', () => {
  it.each(CASES)('%s by %s is answered %i', async (_route, who, status, attempt) => {
    const response = await attempt.handler(attempt.request(who === 'anonymous' ? {} : people[who].headers));
    expect(response.status).toBe(status);
    const body = await response.text();
    const stranger = who === 'b' || who === 'anonymous';
    expect(stranger && body.includes('the secret of A')).toBe(false);
    // What is refused is refused in the contract's words.
    expect(Object.hasOwn(JSON.parse(body) as object, 'error')).toBe(status >= 400);
  });

  it.each(CASES)('%s by %s can be asked for too often', async (_route, who, _status, attempt) => {
    const request = attempt.request(who === 'anonymous' ? {} : people[who].headers);
    installServices({ ...server.services, limits: closedLimits() });
    const response = await attempt.handler(request);
    installServices(server.services);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('has looked at every route there is', async () => {
    const folder = dirname(import.meta.filename);
    const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('route.ts'));
    const routes = await Promise.all(
      files.map(async (name) => Object.entries((await import(join(folder, name))) as Record<string, unknown>)),
    );
    const handlers = routes.flat().flatMap(([method, handler]) => (method === 'OPTIONS' ? [] : [handler]));
    const tried = new Set<unknown>([...ATTEMPTS.map(({ handler }) => handler), image]);
    expect(handlers.filter((handler) => !tried.has(handler))).toEqual([]);
    expect(handlers.length).toBe(14);
  });

  it('tells "not yours" and "not there" alike', async () => {
    const ask404 = async (clientId: number) =>
      await (await read(ask('GET', `/api/chat/messages?clientId=${clientId}`, { headers: people.b.headers }))).text();
    expect(await ask404(people.a.id)).toBe(await ask404(999_999));
  });
});
