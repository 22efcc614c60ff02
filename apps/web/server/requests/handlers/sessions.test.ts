import type { StartSessionResponse } from '@switchboard/protocol';
import { beforeAll, expect, it } from 'vitest';

import { createLimits } from '../../parts/limits/limits.ts';
import { ADDRESS_HEADER } from '../../parts/connections/note-addresses.ts';
import { installServices, services } from '../../services/services.ts';
import { ask, newOperator, useTestServer, type Person } from '../../testing/test-server.ts';
import { endConversation as end, openSession as sessions } from './sessions.ts';

const server = useTestServer();
let operator: Person;
beforeAll(async () => {
  operator = await newOperator(server.services, 'Maya');
});

const start = async (body: object, headers: Record<string, string> = {}) => {
  const response = await sessions(ask('POST', '/api/chat/sessions', { headers, body }));
  return { status: response.status, response, ...((await response.json()) as StartSessionResponse) };
};

it('creates a visitor with a token and a resume token', async () => {
  const started = await start({
    username: ' Ann ',
    phone: '',
    email: 'ann@example.org',
    pageUrl: 'https://shop.example/lamps',
    locale: 'de',
  });
  expect(started).toMatchObject({ status: 201, username: 'Ann', clientId: expect.any(Number), sessionId: expect.any(String) });
  expect(await server.services.tokens.verifyRelayToken(started.token ?? '')).toEqual({
    role: 'client',
    id: started.clientId,
    name: 'Ann',
    sessionId: started.sessionId,
    until: expect.any(Number),
    audience: { teamId: null, assigneeId: null },
    issuedAt: expect.any(Number),
    expiresAt: expect.any(Number),
  });
  expect(Date.parse(started.expiresAt ?? '')).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  expect(await server.services.db.prisma.client.findUniqueOrThrow({ where: { id: started.clientId } })).toMatchObject({
    email: 'ann@example.org',
    phone: null,
  });
});

it('resumes the conversation by its token, or by its resume token once the token has expired', async () => {
  const first = await start({ username: 'Ann' });
  const again = await start({ username: 'Ann' }, { authorization: `Bearer ${first.token}` });
  const later = await start({ username: 'Ann', resumeToken: first.resumeToken }, { authorization: 'Bearer run.out.long-ago' });
  for (const { clientId, sessionId } of [again, later])
    expect({ clientId, sessionId }).toEqual({ clientId: first.clientId, sessionId: first.sessionId });
});

it('begins no conversation for a resume token without a conversation', async () => {
  const elsewhere = { [ADDRESS_HEADER]: '203.0.113.79' };
  const first = await start({ username: 'Ann' }, elsewhere);
  const other = await start({ username: 'Bea' }, elsewhere);
  await end(ask('POST', '/api/chat/end', { headers: { authorization: `Bearer ${first.token}` }, body: {} }));
  const before = await server.services.db.prisma.client.count();
  for (const resumeToken of [first.resumeToken, `${other.resumeToken}x`, first.token, ''])
    for (const headers of [{}, { authorization: `Bearer ${first.token}` }, { authorization: 'Bearer run.out.long-ago' }])
      expect((await start({ username: 'Ann', resumeToken }, { ...elsewhere, ...headers })).status).toBe(404);
  expect(await server.services.db.prisma.client.count()).toBe(before);
  // A submitted form begins one.
  expect((await start({ username: 'Ann' }, elsewhere)).status).toBe(201);
});

it('treats an operator who tries the widget as a visitor', async () => {
  const started = await start({ username: 'Curious Maya' }, operator.headers);
  expect(started).toMatchObject({ status: 201, token: expect.any(String), username: 'Curious Maya' });
});

it('adopts an old front-end’s visitor once, however many consoles ask', async () => {
  const body = { clientSocketId: 'kZ3nq0aAAB', username: 'Old Bob' };
  const adopted = await Promise.all(Array.from({ length: 5 }, async () => await start(body, operator.headers)));
  expect(new Set(adopted.map(({ clientId }) => clientId)).size).toBe(1);
  expect(adopted[0]).not.toHaveProperty('token');
  const foreign = await start(body, { ...operator.headers, origin: 'https://evil.example' });
  expect(foreign.status).toBe(401);
});

it('counts adoptions by operator, not toward the visitors of the same office', async () => {
  const before = services();
  installServices({
    ...before,
    limits: createLimits({ ...server.services.config, conversationsPerMinute: 1, redisUrl: undefined }, before.log),
  });
  const office = { [ADDRESS_HEADER]: '203.0.113.90' };
  const statuses: number[] = [];
  for (let page = 0; page < 20; page += 1)
    statuses.push((await start({ clientSocketId: `socket of page ${page}`, username: 'Bob' }, { ...operator.headers, ...office })).status);
  expect(new Set(statuses)).toEqual(new Set([201]));
  // They do not count toward the visitors' limit.
  expect((await start({ username: 'Ann' }, office)).status).toBe(201);
  installServices(before);
});

it('names the invalid field', async () => {
  const response = await sessions(ask('POST', '/api/chat/sessions', { body: { username: '\u200B', email: 'nope' } }));
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { fields: { username: expect.any(String) } } });
});

it('ignores invalid values that the host page filled in', async () => {
  const started = await start({ username: 'Ann', email: 'n/a', phone: '1'.repeat(50), locale: 7, pageUrl: 'x'.repeat(5_000) });
  expect(started.status).toBe(201);
  const row = await server.services.db.prisma.client.findUniqueOrThrow({ where: { id: started.clientId } });
  expect([row.email, row.phone]).toEqual([null, null]);
  expect((await start({ username: 'Kim', email: 'kim@müller.de' })).status).toBe(201);
});

it('is limited per address', async () => {
  const before = services();
  installServices({
    ...before,
    limits: createLimits({ ...server.services.config, conversationsPerMinute: 2, redisUrl: undefined }, before.log),
  });
  const headers = { [ADDRESS_HEADER]: '203.0.113.77' };
  const statuses: number[] = [];
  for (let turn = 0; turn < 4; turn += 1) statuses.push((await start({ username: 'x' }, headers)).status);
  expect(statuses).toEqual([201, 201, 201, 201]);
  const refused = await start({ username: 'x' }, headers);
  expect(refused.status).toBe(429);
  expect(Number(refused.response.headers.get('retry-after'))).toBeGreaterThan(20);
  expect((await start({ username: 'x' }, { [ADDRESS_HEADER]: '203.0.113.78' })).status).toBe(201);
  installServices(before);
});
