import type { AnswerOf, RecentChatsResponse } from '@switchboard/protocol';
import { createMetrics } from '@switchboard/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { createAfterCommit } from '../../parts/relay/after-commit.ts';
import { createRelayHints } from '../../parts/relay/relay-hints.ts';
import { createRelayRequests } from '../../parts/relay/relay-requests.ts';
import { installServices } from '../../services/services.ts';
import { startTestRelay, type TestRelay } from '../../testing/test-relay.ts';
import { ask, newOperator, newVisitor, text, useTestServer, type Person } from '../../testing/test-server.ts';
import { setDone as markDone, listChats as recent } from './chats.ts';
import { saveMessages as save } from './messages.ts';
import { notePage as visit } from './visitors.ts';

const server = useTestServer();
let relay: TestRelay;
let operator: Person;
beforeAll(async () => {
  const { tokens, log } = server.services;
  relay = await startTestRelay(tokens);
  const hints = createRelayHints({ relay: createRelayRequests({ relayUrl: relay.url, tokens }), log, metrics: createMetrics('test') });
  const afterCommit = createAfterCommit({ ...server.services, hints });
  installServices({ ...server.services, hints, afterCommit });
  operator = await newOperator(server.services);
});
afterAll(async () => await relay.close());

const list = async (query: string) => {
  const response = await recent(ask('GET', `/api/chat/recent?${query}`, { headers: operator.headers }));
  return { status: response.status, ...((await response.json()) as RecentChatsResponse) };
};
const idsOf = (chats: RecentChatsResponse['chats']) => chats.map((row) => ('unchanged' in row ? row.clientId : row.client.id));
const asking = async (name: string) => {
  const visitor = await newVisitor(name);
  await save(ask('POST', '/api/chat/messages', { headers: visitor.headers, body: { messages: [text('Hello?')] } }));
  return visitor;
};
const done = async (clientId: number, more: object) =>
  await markDone(ask('POST', '/api/chat/done', { headers: operator.headers, body: { clientId, ...more } }));

it('answers views in pages, with the number of waiting visitors', async () => {
  const people = [await asking('Ann'), await asking('Ben'), await asking('Cleo')];
  const first = await list('view=waiting&limit=2');
  expect(first).toMatchObject({ status: 200, counts: { waiting: 3 }, nextCursor: expect.any(String), epoch: expect.any(String) });
  const second = await list(`view=waiting&limit=2&cursor=${first.nextCursor}`);
  expect(second.nextCursor).toBeNull();
  expect(idsOf([...first.chats, ...second.chats])).toEqual(people.map(({ id }) => id));
  // Without a view, as before: the newest first, including empty ones.
  const silent = await newVisitor('Dan');
  const plain = await list('limit=3');
  expect(idsOf(plain.chats)).toEqual([silent.id, people[2]?.id, people[1]?.id]);
  expect(plain).not.toHaveProperty('nextCursor');
});

it('omits rows of which the caller has the newest version', async () => {
  const [ivy, jan] = [await asking('Ivy'), await asking('Jan')];
  const versionOf = async ({ id }: Person) => (await list(`ids=${id}`)).chats.flatMap((row) => ('unchanged' in row ? [] : row.version))[0];
  const known = `known=${ivy.id}:${await versionOf(ivy)},${jan.id}:${await versionOf(jan)}`;
  await done(ivy.id, { done: true });
  await done(ivy.id, { done: false });
  for (const query of [`view=waiting&limit=200&${known}`, `limit=200&${known}`]) {
    const { status, chats } = await list(query);
    expect(status).toBe(200);
    expect(chats).toContainEqual({
      clientId: jan.id,
      version: await versionOf(jan),
      unchanged: true,
      lastSeenAt: expect.stringMatching(/Z$/),
    });
    expect(chats).toContainEqual(
      expect.objectContaining({ client: expect.objectContaining({ id: ivy.id }), version: await versionOf(ivy) }),
    );
  }
});

it('finds conversations by id and address', async () => {
  const visitor = await asking('Eve');
  for (const query of [`ids=${visitor.id}`, `addresses=${visitor.sessionId}`, `ids=${visitor.id}&addresses=x`])
    expect((await list(query)).chats).toMatchObject([{ client: { id: visitor.id, pages: [] } }]);
  expect((await list('ids=999999')).chats).toEqual([]);
});

it.each([
  'view=all',
  'cursor=w_1_1',
  'view=waiting&cursor=d_1_1',
  'view=open&ids=1',
  'ids=',
  'ids=1,,2',
  'ids=0',
  'ids=-1',
  'addresses=',
  `addresses=${'x'.repeat(65)}`,
  `ids=${Array.from({ length: 101 }, (_, index) => index + 1).join(',')}`,
  'ids=1&known=1:1',
  'addresses=a&known=1:1',
  'view=open&known=',
  'view=open&known=1',
  'view=open&known=1:2,',
  'view=open&known=-1:2',
  'view=open&known=1:2:3',
  `view=open&known=${Array.from({ length: 201 }, (_, index) => `${index + 1}:1`).join(',')}`,
  'view=open&limit=201',
])('refuses %s', async (query) => {
  expect((await list(query)).status).toBe(400);
});

it('marks a conversation as done and notifies the consoles, unless a message arrived meanwhile', async () => {
  const visitor = await asking('Finn');
  const marked = (await (await done(visitor.id, { done: true, lastSeq: 1 })).json()) as AnswerOf<'POST /api/chat/done'>;
  expect(marked).toEqual({ doneAt: expect.stringMatching(/Z$/), waitingSince: null });
  const hint = {
    event: 'conversationChanged',
    clientId: visitor.sessionId,
    lastSeq: 1,
    visitorChanged: true,
    what: ['state', 'activity'],
    audience: { teamId: null, assigneeId: null },
  };
  await expect.poll(() => relay.batches.flat()).toContainEqual(hint);
  const undone = (await (await done(visitor.id, { done: false })).json()) as AnswerOf<'POST /api/chat/done'>;
  expect(undone).toEqual({ doneAt: null, waitingSince: expect.stringMatching(/Z$/) });
  await save(ask('POST', '/api/chat/messages', { headers: visitor.headers, body: { messages: [text('Wait')] } }));
  const refused = await done(visitor.id, { done: true, lastSeq: 1 });
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ error: { code: 'conflict', retryable: false } });
  expect((await done(visitor.id, { done: 'yes' })).status).toBe(400);
});

it('answers the page a visitor is on, and notifies the consoles of a new page', async () => {
  const visitor = await newVisitor('Gil');
  const on = async (url: string) => await visit(ask('POST', '/api/chat/page', { headers: visitor.headers, body: { url } }));
  const moves = () =>
    relay.batches.flat().filter((hint) => 'clientId' in hint && hint.clientId === visitor.sessionId && 'visitorChanged' in hint).length;
  // A conversation is listed from its first message on.
  expect((await on('https://shop.example/1')).status).toBe(200);
  await save(ask('POST', '/api/chat/messages', { headers: visitor.headers, body: { messages: [text('Hello?')] } }));
  await on('https://shop.example/2');
  await expect.poll(moves).toBe(1);
  await on('https://shop.example/2');
  await on(`https://shop.example/${'x'.repeat(3_000)}`);
  await expect.poll(moves).toBe(2);
  const [chat] = (await list(`ids=${visitor.id}`)).chats;
  const { pages } = chat !== undefined && 'client' in chat ? chat.client : {};
  expect(pages?.map(({ url }) => url.length)).toEqual([2_048, 22, 22]);
  expect((await on('')).status).toBe(400);
});
