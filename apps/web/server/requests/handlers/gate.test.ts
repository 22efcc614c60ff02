import { ENDPOINTS, type EndpointName } from '@switchboard/protocol';
import { beforeAll, describe, expect, it } from 'vitest';

import { ADDRESS_HEADER } from '../../parts/connections/note-addresses.ts';
import { ROUTES } from '../../routes.ts';
import { ask, newOperator, newVisitor, ORIGIN, useTestServer, type Person } from '../../testing/test-server.ts';
import { OPERATOR_HEADER } from '../admission.ts';

/*
 * Every endpoint of the API runs the same checks: those of `route()`, or the ones of `/api/auth`. An endpoint without them fails
 * these tests.
 */

const server = useTestServer();

/** One method of one path of the API. */
interface Tested {
  readonly name: string;
  readonly endpoint: EndpointName;
  readonly method: string;
  readonly path: string;
  readonly handle: (request: Request) => Promise<Response>;
}

const TESTED: readonly Tested[] = ROUTES.filter(({ path }) => path.startsWith('/api/')).map(({ method, path, handle }) => ({
  name: `${method} ${path}`,
  endpoint: handle.endpoint,
  method,
  path,
  handle: async (request) => await handle(request, { params: Promise.resolve({ id: 'x' }) }),
}));
const TAKING_BODIES = TESTED.filter(({ method }) => method !== 'GET' && method !== 'HEAD').map((route) => [route.name, route] as const);

const MEGABYTE = 1024 * 1024;
let people: { readonly visitor: Person; readonly operator: Person; readonly admin: Person };
beforeAll(async () => {
  people = {
    visitor: await newVisitor('Ann'),
    operator: await newOperator(server.services),
    admin: await newOperator(server.services, 'Grace', 'ADMIN'),
  };
});

/** The people whom the endpoint's access rule admits, or refuses. */
function peopleWho(admitted: boolean, { endpoint }: Tested): readonly Person[] {
  const { access } = ENDPOINTS[endpoint];
  const isAdmitted = (kind: string) => {
    if (access === 'operator') return kind !== 'visitor';
    return access === 'visitor' || access === 'admin' ? access === kind : true;
  };
  return Object.entries(people).flatMap(([kind, person]) => (isAdmitted(kind) === admitted ? [person] : []));
}

/** A chunked body without a length. */
function pieces(total: number, piece = 64 * 1024): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= total) return controller.close();
      controller.enqueue(new Uint8Array(Math.min(piece, total - sent)).fill(0x20));
      sent += piece;
    },
  });
}

function send(route: Tested, who: Person, type: string, body: BodyInit, more: Record<string, string> = {}): Request {
  const headers = { origin: ORIGIN, [ADDRESS_HEADER]: '192.0.2.1', 'content-type': type, ...who.headers, ...more };
  return new Request(`${ORIGIN}${route.path}`, { method: route.method, headers, body, duplex: 'half' } as RequestInit);
}

const isUpload = ({ path }: Tested) => path.endsWith('/uploads');
const typeFor = (route: Tested) => (isUpload(route) ? 'multipart/form-data; boundary=x' : 'application/json');

it('this file tests the endpoints', () => {
  expect(TESTED.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['POST /api/auth/sign-out', 'POST /api/chat/messages', 'POST /api/chat/uploads', 'GET /api/chat/recent']),
  );
  expect(TAKING_BODIES.length).toBeGreaterThanOrEqual(12);
});

describe('a body that is too large', () => {
  it.each(TAKING_BODIES)('%s is refused before it is sent, if its length is declared', async (_name, route) => {
    for (const who of peopleWho(true, route)) {
      const request = send(route, who, typeFor(route), pieces(100), { 'content-length': String(400 * MEGABYTE) });
      expect((await route.handle(request)).status).toBe(413);
    }
    expect(server.services.bytesUnderWay.total()).toBe(0);
  });

  it.each(TAKING_BODIES)('%s is not read to its end, if its length is not declared', async (_name, route) => {
    for (const who of peopleWho(true, route)) {
      let pulled = 0;
      const endless = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled += MEGABYTE;
          controller.enqueue(new Uint8Array(MEGABYTE).fill(0x20));
        },
      });
      expect((await route.handle(send(route, who, typeFor(route), endless))).status).toBe(413);
      expect(pulled).toBeLessThan(16 * MEGABYTE);
    }
    expect(server.services.bytesUnderWay.total()).toBe(0);
  });
});

describe('a person whom the access rule does not admit', () => {
  const CASES = TAKING_BODIES.filter(([, { endpoint }]) => ['visitor', 'operator', 'admin'].includes(ENDPOINTS[endpoint].access));

  it.each(CASES)('%s is refused before the body is read', async (_name, route) => {
    for (const who of peopleWho(false, route)) {
      let pulled = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled += 1;
          controller.enqueue(new Uint8Array(MEGABYTE));
        },
      });
      const response = await route.handle(send(route, who, typeFor(route), body));
      // A stream fetches its first chunk before it is read.
      expect([response.status, pulled]).toEqual([403, 1]);
    }
  });
});

describe('JSON that takes long to parse for its size', () => {
  const HOSTILE: readonly (readonly [string, string])[] = [
    ['lists in lists', '['.repeat(8_000)],
    ['objects in objects', '{"a":'.repeat(1_500)],
    ['closed again', `${'['.repeat(9)}${']'.repeat(9)}`],
    ['hidden behind a string', `{"text":"\\"]]}}","deep":${'[['.repeat(200)}`],
    ['many small values', `[${','.repeat(6_000)}]`],
  ];

  it.each(TAKING_BODIES.filter(([, route]) => !isUpload(route)))('%s is refused', async (_name, route) => {
    for (const who of peopleWho(true, route))
      for (const [what, body] of HOSTILE) {
        const response = await route.handle(send(route, who, 'application/json', body));
        expect([what, response.status]).toEqual([what, 400]);
        const text = await response.text();
        // Refused because of its structure, before it is parsed.
        expect(text, what).toMatch(/nested too deep|too many values/);
      }
  });
});

describe('a request that names another operator than the signed-in one', () => {
  const snapshot = async () => {
    const { prisma } = server.services.db;
    return JSON.stringify(
      await Promise.all([
        prisma.client.findMany({ orderBy: { id: 'asc' } }),
        prisma.chatMessage.findMany({ orderBy: { id: 'asc' } }),
        prisma.chatSession.findMany({ orderBy: { id: 'asc' } }),
        prisma.upload.findMany({ orderBy: { id: 'asc' } }),
        prisma.authSession.findMany({ orderBy: { id: 'asc' } }),
        prisma.authAccount.findMany({ orderBy: { id: 'asc' } }),
      ]),
      (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    );
  };
  const bodies = async (route: Tested, visitor: Person): Promise<BodyInit | undefined> => {
    if (route.method === 'GET' || route.method === 'HEAD') return undefined;
    if (isUpload(route)) {
      const form = new FormData();
      form.set('clientId', String(visitor.id));
      form.set('file', new File([Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')], 'a.gif'));
      return form;
    }
    const message = { messageKey: crypto.randomUUID(), messageType: 'TEXT', text: 'in the wrong name', clientId: visitor.id };
    return JSON.stringify({
      messages: [message],
      clientId: visitor.id,
      readSeq: 1,
      blocked: true,
      saved: [1],
      ...(route.path.endsWith('/sessions') ? { clientSocketId: 'an-old-front-end', username: 'Old' } : {}),
      currentPassword: 'correct horse battery',
      newPassword: 'something quite else',
    });
  };
  // Signing in is exempt: it changes who is signed in.
  const CASES = TESTED.filter(({ path }) => !path.endsWith('/sign-in/email')).map((route) => [route.name, route] as const);

  it.each(CASES)('%s is refused, and nothing is written', async (_name, route) => {
    const visitor = await newVisitor('Bea');
    const [grace, alan] = [await newOperator(server.services, 'Grace'), await newOperator(server.services, 'Alan')];
    const before = await snapshot();
    for (const claimed of [String(grace.id), '', '0', 'x', `${alan.id}x`]) {
      const body = await bodies(route, visitor);
      const headers = { ...alan.headers, [OPERATOR_HEADER]: claimed };
      const query = route.method !== 'POST' ? `?clientId=${visitor.id}` : '';
      const response = await route.handle(ask(route.method, `${route.path}${query}`, { headers: jsonUnlessForm(headers, body), body }));
      const { error } = (await response.json()) as { error: { code: string } };
      expect([claimed, response.status, error.code]).toEqual([claimed, 401, 'unauthenticated']);
      expect(response.headers.getSetCookie()).toEqual([]);
    }
    expect(await snapshot()).toBe(before);
  });

  it('is refused from visitors and anonymous callers, too', async () => {
    const visitor = await newVisitor('Cleo');
    for (const headers of [visitor.headers, {}]) {
      const [, sessions] = TAKING_BODIES.find(([name]) => name === 'POST /api/chat/sessions') ?? [];
      const response = await sessions?.handle(
        ask('POST', '/api/chat/sessions', { headers: { ...headers, [OPERATOR_HEADER]: '1' }, body: { username: 'Dan' } }),
      );
      expect(response?.status).toBe(401);
    }
  });

  it('is served when it names the signed-in operator', async () => {
    const alan = await newOperator(server.services, 'Alan');
    for (const path of ['/api/chat/recent', '/api/chat/token']) {
      const route = TESTED.find((one) => one.path === path);
      const headers = { ...alan.headers, [OPERATOR_HEADER]: String(alan.id) };
      expect((await route?.handle(ask(route.method, path, { headers })))?.status).toBe(200);
    }
  });
});

function jsonUnlessForm(headers: Record<string, string>, body: BodyInit | undefined): Record<string, string> {
  return typeof body === 'string' ? { 'content-type': 'application/json', ...headers } : headers;
}
