import { content, json, type Endpoint } from '@switchboard/protocol';
import { z } from 'zod';
import { describe, expect, it } from 'vitest';

import { ADDRESS_HEADER } from '../parts/connections/note-addresses.ts';
import { OPTIONS, serve } from './route.ts';
import { installServices } from '../services/services.ts';
import { ask, closedLimits, newOperator, newVisitor, ORIGIN, useTestServer } from '../testing/test-server.ts';

const server = useTestServer();

const forKnown = { access: 'visitor-or-operator', summary: '', response: content('text/plain') } as const satisfies Endpoint;
const forAnyone = { ...forKnown, access: 'anyone' } as const satisfies Endpoint;
const echo = serve(
  '/api/test',
  { ...forKnown, body: json(z.object({ word: z.string().max(100) }), 200) },
  { handle: ({ caller, body }) => Response.json({ kind: caller.kind, ...body }) },
);
const failing = serve('/api/test-failing', forAnyone, {
  handle: async () => await Promise.reject(new Error('a secret detail')),
});
const send = async (headers: Record<string, string>, body: unknown = { word: 'hi' }) =>
  await echo(ask('POST', '/api/test', { headers, body }));
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

describe('a request with a session cookie', () => {
  it.each([
    ['an allowed origin', { origin: ORIGIN }, 200],
    ['the other allowed origin', { origin: 'https://help.example' }, 200],
    ['Sec-Fetch-Site: same-origin', { 'sec-fetch-site': 'same-origin' }, 200],
    ['no origin', {}, 403],
    ['a foreign origin', { origin: 'https://evil.example' }, 403],
    ['an origin that begins like an allowed one', { origin: `${ORIGIN}.evil.example` }, 403],
    ['an allowed origin without TLS', { origin: ORIGIN.replace('https', 'http') }, 403],
    ['the origin null', { origin: 'null' }, 403],
    ['a foreign origin of the same site', { origin: 'https://shop.chat.example', 'sec-fetch-site': 'same-site' }, 403],
  ])('with %s', async (_name, headers, status) => {
    const { cookie } = await operator();
    expect((await send({ cookie, ...headers })).status).toBe(status);
  });

  it('may be a GET from any origin, and no other origin can read the response', async () => {
    const { cookie } = await operator();
    const read = serve('/t', forKnown, { handle: () => new Response('ok') });
    const response = await read(ask('GET', '/t', { headers: { cookie, origin: 'https://evil.example' } }));
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is anonymous once the session has ended', async () => {
    const { cookie, headers, id } = await newOperator(server.services);
    expect((await send(headers)).status).toBe(200);
    await server.services.db.prisma.authSession.deleteMany({ where: { userId: id } });
    expect((await send({ cookie, origin: ORIGIN })).status).toBe(401);
  });

  it('is anonymous with a forged signature', async () => {
    const { cookie } = await operator();
    const forged = cookie.replace(/\.[^.;]*$/, '.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D');
    expect((await send({ cookie: forged, origin: ORIGIN })).status).toBe(401);
  });
});

describe('a bearer token', () => {
  it('takes precedence over a cookie', async () => {
    const { cookie } = await operator();
    const visitor = await newVisitor();
    const response = await send({ cookie, ...visitor.headers });
    expect(await response.json()).toMatchObject({ kind: 'visitor' });
    expect((await send({ cookie, origin: ORIGIN, authorization: 'Bearer nonsense' })).status).toBe(401);
  });

  it.each(['operator', 'service'] as const)('of a %s gives no access', async (role) => {
    const { token } = await server.services.tokens.mintRelayToken({ role, id: 1, name: 'x' });
    expect((await send({ authorization: `Bearer ${token}` })).status).toBe(401);
  });

  it('is not the resume token', async () => {
    const { resumeToken } = await newVisitor();
    expect((await send({ authorization: `Bearer ${resumeToken}` })).status).toBe(401);
  });
});

describe('a limit for anonymous callers', () => {
  const forStrangers = serve('/api/test-strangers', forAnyone, { limit: 'conversations', handle: () => new Response('ok') });
  const from = async (headers: Record<string, string>) =>
    (await forStrangers(ask('POST', '/api/test-strangers', { headers: { [ADDRESS_HEADER]: '203.0.113.99', ...headers } }))).status;

  it('does not apply to operators', async () => {
    const { headers } = await operator();
    const visitor = await newVisitor();
    const limits = { ...server.services.limits, conversations: closedLimits().conversations };
    installServices({ ...server.services, limits });
    const statuses = [await from({}), await from(visitor.headers), await from(headers)];
    installServices({ ...server.services, limits: { ...server.services.limits, operatorRequests: closedLimits().operatorRequests } });
    statuses.push(await from({}), await from(headers));
    installServices(server.services);
    expect(statuses).toEqual([429, 429, 200, 200, 429]);
  });

  it('applies to callers with an invalid cookie or a foreign origin', async () => {
    const { cookie } = await operator();
    installServices({ ...server.services, limits: { ...server.services.limits, conversations: closedLimits().conversations } });
    const statuses = [await from({ cookie }), await from({ cookie: '__Secure-switchboard.session_token=forged.AAAA', origin: ORIGIN })];
    installServices(server.services);
    expect(statuses).toEqual([429, 429]);
  });
});

describe('a body', () => {
  it('must be declared as JSON', async () => {
    const { headers } = await newVisitor();
    const response = await send({ ...headers, 'content-type': 'text/plain' }, '{"word":"hi"}');
    expect(response.status).toBe(415);
    expect(await codeOf(response)).toBe('unsupported_type');
  });

  it('must be JSON, and of the right shape', async () => {
    const { headers } = await newVisitor();
    expect((await send({ ...headers, 'content-type': 'application/json' }, '{"word":')).status).toBe(400);
    const response = await send(headers, { word: 7 });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { code: 'invalid_request', retryable: false, fields: { word: expect.any(String) } },
    });
  });

  it('may not be larger than allowed, declared or not', async () => {
    const { headers } = await newVisitor();
    const large = JSON.stringify({ word: 'x'.repeat(300) });
    expect((await send({ ...headers, 'content-type': 'application/json', 'content-length': '320' }, large)).status).toBe(413);
    expect((await send({ ...headers, 'content-type': 'application/json' }, large)).status).toBe(413);
  });

  it('is not read before the caller is identified', async () => {
    expect((await send({ 'content-type': 'text/plain' }, 'x'.repeat(1_000))).status).toBe(401);
  });
});

describe('an answer', () => {
  it('has a request id, is not cached, and has a fixed type', async () => {
    const { headers } = await newVisitor();
    const response = await send(headers);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
    });
  });

  it('to an unexpected error reveals nothing about it', async () => {
    const response = await failing(ask('GET', '/api/test-failing'));
    expect(response.status).toBe(500);
    const body = await response.text();
    expect(body).not.toContain('cellar');
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'internal', retryable: true } });
  });

  it('may be read by pages of allowed origins only', async () => {
    const { headers } = await newVisitor();
    const ours = await send({ ...headers, origin: 'https://help.example' });
    expect(ours.headers.get('access-control-allow-origin')).toBe('https://help.example');
    expect(ours.headers.get('vary')).toContain('Origin');
    const foreign = await send({ ...headers, origin: 'https://evil.example' });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
    const asked = await OPTIONS(ask('OPTIONS', '/api/test', { headers: { origin: 'https://evil.example' } }));
    expect(asked.headers.get('access-control-allow-origin')).toBeNull();
    const allowed = await OPTIONS(ask('OPTIONS', '/api/test', { headers: { origin: ORIGIN } }));
    expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  });

  it('is counted in metrics', async () => {
    await failing(ask('GET', '/api/test-failing'));
    expect(await server.services.metrics.render()).toMatch(
      /http_request_seconds_count\{.*route="\/api\/test-failing",method="GET",status="500"\}/,
    );
  });
});

let signedIn: Awaited<ReturnType<typeof newOperator>> | undefined;
async function operator(): Promise<Awaited<ReturnType<typeof newOperator>>> {
  signedIn ??= await newOperator(server.services);
  return signedIn;
}
