import { randomUUID } from 'node:crypto';

import type { AnswerOf, MessagesPage, SavedMessage } from '@switchboard/protocol';
import { beforeAll, expect, it } from 'vitest';

import { ask, newOperator, newVisitor, text, useTestServer, type Person } from '../../testing/test-server.ts';
import { listConversations, listViews, showConversation } from './conversations.ts';
import { readConversationMessages, saveMessages, sendMessage } from './messages.ts';
import { saveReceipts } from './receipts.ts';
import { changeView, listOwnViews, removeView, saveView } from './saved-views.ts';

const server = useTestServer();
let maya: Person;
let noor: Person;
beforeAll(async () => {
  [maya, noor] = [await newOperator(server.services, 'Maya'), await newOperator(server.services, 'Noor')];
});

async function jsonOf<T>(response: Response): Promise<T & { readonly status: number }> {
  return { status: response.status, ...((await response.json()) as T) };
}
const at = (id: number) => ({ params: Promise.resolve({ id: String(id) }) });
const list = async (query: string, { headers } = maya) =>
  await jsonOf<AnswerOf<'GET /api/v1/conversations'>>(await listConversations(ask('GET', `/api/v1/conversations?${query}`, { headers })));
const idsOf = ({ items }: AnswerOf<'GET /api/v1/conversations'>) => items.map((row) => ('unchanged' in row ? row.clientId : row.client.id));
const show = async (id: number, { headers } = maya) =>
  await jsonOf<AnswerOf<'GET /api/v1/conversations/{id}'>>(
    await showConversation(ask('GET', `/api/v1/conversations/${id}`, { headers }), at(id)),
  );
const counts = async ({ headers } = maya) => {
  const { items } = await jsonOf<AnswerOf<'GET /api/v1/views'>>(await listViews(ask('GET', '/api/v1/views', { headers })));
  return Object.fromEntries(items.map(({ view, savedView, count }) => [savedView ?? view, count]));
};
const send = async (id: number, body: object, { headers } = maya) =>
  await jsonOf<SavedMessage>(await sendMessage(ask('POST', `/api/v1/conversations/${id}/messages`, { headers, body }), at(id)));
const page = async (id: number, query: string, { headers } = maya) =>
  await jsonOf<MessagesPage>(
    await readConversationMessages(ask('GET', `/api/v1/conversations/${id}/messages?${query}`, { headers }), at(id)),
  );
async function asking(name: string) {
  const visitor = await newVisitor(name);
  await saveMessages(
    ask('POST', '/api/chat/messages', { headers: visitor.headers, body: { messages: [text('Hello?'), text('Anybody?')] } }),
  );
  return visitor;
}

it('lists the conversations of views, of ids and all of them, in pages, without the rows that the caller has', async () => {
  const people = [await asking('Ann'), await asking('Ben'), await asking('Cleo')];
  const first = await list('view=waiting&limit=2');
  expect(first).toMatchObject({ status: 200, nextCursor: expect.any(String), epoch: expect.any(String) });
  const second = await list(`view=waiting&limit=2&cursor=${first.nextCursor}`);
  expect(second.nextCursor).toBeNull();
  expect([...idsOf(first), ...idsOf(second)]).toEqual(people.map(({ id }) => id));
  const silent = await newVisitor('Dan');
  expect(idsOf(await list(''))).toEqual([silent, ...people.toReversed()].map(({ id }) => id));
  expect(await list(`ids=${people[1]?.id},999999`)).toMatchObject({
    items: [{ client: { id: people[1]?.id, pages: [] } }],
    nextCursor: null,
  });
  const known = first.items.flatMap((row) => ('unchanged' in row ? [] : [`${row.client.id}:${row.version}`]));
  const again = await list(`view=waiting&limit=2&known=${known.join(',')}`);
  expect(again.items.map((row) => 'unchanged' in row)).toEqual([true, true]);
});

it.each([
  'view=starred',
  'view=team',
  'team=x',
  'team=0',
  'inbox=-1',
  'unread=false',
  'unread=',
  'ids=',
  'ids=1&view=open',
  'ids=1&unread=true',
  'ids=1&known=1:1',
  'view=open&cursor=d_1_1',
  'cursor=w_1_1',
  'limit=0',
  'limit=201',
  `ids=${Array.from({ length: 101 }, (_, index) => index + 1).join(',')}`,
])('refuses %s', async (query) => {
  expect((await list(query)).status).toBe(400);
});

it('ignores parameters that it does not know', async () => {
  expect((await list('view=open&color=red')).status).toBe(200);
});

it('sends a message once, however often it is repeated, in the name of the caller', async () => {
  const { id } = await asking('Eve');
  const messageKey = randomUUID();
  const message = { ...text('Good day'), messageKey, senderType: 'CLIENT', clientId: 1, operatorId: 99 };
  const first = await send(id, message);
  expect(first).toMatchObject({ status: 200, seq: 3, duplicate: false, messageKey });
  expect(await send(id, message)).toEqual({ ...first, duplicate: true });
  expect(await send(id, message, noor)).toMatchObject({ status: 409 });
  expect(await page(id, 'afterSeq=2')).toMatchObject({
    messages: [{ seq: 3, senderType: 'OPERATOR', text: 'Good day', operatorName: 'Maya' }],
    lastSeq: 3,
    hasMore: false,
  });
  expect((await page(id, 'beforeSeq=3&limit=1')).messages.map(({ seq }) => seq)).toEqual([2]);
  expect((await page(id, 'beforeSeq=3&afterSeq=1')).status).toBe(400);
  for (const body of [{ ...text('\u200B') }, { messageType: 'TEXT', text: 'x' }, { messageKey: randomUUID(), messageType: 'IMAGE' }])
    expect((await send(id, body)).status).toBe(400);
  expect((await send(9_999_999, text('x'))).status).toBe(404);
  expect((await page(9_999_999, '')).status).toBe(404);
});

it('counts what each operator has not read, and says who has read a conversation', async () => {
  const { id } = await asking('Finn');
  await saveReceipts(ask('POST', '/api/chat/receipts', { headers: maya.headers, body: { clientId: id, readSeq: 2 } }));
  const unread = async (person: Person) =>
    (await list(`ids=${id}`, person)).items.flatMap((row) => ('unchanged' in row ? [] : row.unreadCount));
  expect([await unread(maya), await unread(noor)]).toEqual([[0], [2]]);
  expect(idsOf(await list('view=open&unread=true', noor))).toContain(id);
  expect(idsOf(await list('view=open&unread=true', maya))).not.toContain(id);
  const shown = await show(id, noor);
  expect(shown).toMatchObject({ status: 200, client: { id }, unreadCount: 2, chats: [], epoch: expect.any(String) });
  expect(shown.readers).toEqual([{ id: maya.id, name: 'Maya', readSeq: 2, readAt: expect.stringMatching(/Z$/) }]);
});

it('keeps an operator’s saved views, and counts them with the others', async () => {
  const { headers } = noor;
  const create = async (body: object) =>
    await jsonOf<AnswerOf<'POST /api/v1/saved-views'>>(await saveView(ask('POST', '/api/v1/saved-views', { headers, body })));
  const view = await create({ name: ' Unread ', filters: { view: 'open', unread: true } });
  expect(view).toMatchObject({ status: 201, name: 'Unread', version: 1 });
  const unread = idsOf(await list('view=open&unread=true', noor)).length;
  expect(await counts(noor)).toMatchObject({ [view.id]: unread, waiting: idsOf(await list('view=waiting', noor)).length, mine: 0 });
  expect(Object.keys(await counts(maya))).toEqual(['waiting', 'mine', 'unassigned', 'open', 'snoozed', 'mentions']);
  const change = async (body: object) => await changeView(ask('PATCH', `/api/v1/saved-views/${view.id}`, { headers, body }), at(view.id));
  expect(await jsonOf(await change({ filters: { view: 'done' }, expected: { version: 1 } }))).toMatchObject({ status: 200, version: 2 });
  const { status, error } = await jsonOf<{ error: object }>(await change({ name: 'Other', expected: { version: 1 } }));
  expect([status, error]).toEqual([
    409,
    expect.objectContaining({ reason: 'saved_view_changed', current: expect.objectContaining({ version: 2 }) }),
  ]);
  for (const body of [
    { expected: { version: 2 } },
    { name: '\u200B', expected: { version: 2 } },
    { name: 'x'.repeat(81), expected: { version: 2 } },
    { filters: { view: 'team' }, expected: { version: 2 } },
    { filters: { view: 'open', unread: 'true' }, expected: { version: 2 } },
    { name: 'x' },
  ])
    expect((await change(body)).status).toBe(400);
  const own = async () =>
    (await jsonOf<AnswerOf<'GET /api/v1/saved-views'>>(await listOwnViews(ask('GET', '/api/v1/saved-views', { headers })))).items;
  expect(await own()).toEqual([{ id: view.id, name: 'Unread', filters: { view: 'done' }, version: 2 }]);
  expect(Object.keys(await counts(noor))).not.toContain(String(view.id));
  const removed = await removeView(ask('DELETE', `/api/v1/saved-views/${view.id}`, { headers }), at(view.id));
  expect([removed.status, await own()]).toEqual([200, []]);
});
