import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { VisitorActor, OperatorActor } from '../actor.ts';
import { adoptSession } from '../visitors/adopt-session.ts';
import { blockVisitor } from '../visitors/block-visitor.ts';
import { findChats } from './list-recent-chats.ts';
import { listView, type ViewQuery } from './list-view.ts';
import { markDone } from './mark-done.ts';
import { markRead } from '../receipts/mark-read.ts';
import { createMessageSaver, type MessageSaver } from '../messages/saving/message-saver.ts';
import { startSession } from '../visitors/start-session.ts';
import { chatFixture, codeOf, NOW, text } from '../testing/chat-fixture.ts';

const chat = chatFixture();
let saver: MessageSaver;
let operator: OperatorActor;
beforeAll(async () => {
  saver = createMessageSaver(chat.ctx);
  operator = await chat.operator('Olga');
});
afterAll(async () => await saver.close());
beforeEach(async () => {
  chat.now = NOW;
  await chat.db.prisma.client.updateMany({ data: { waitingSince: null, doneAt: null, lastSeq: 0, waitingSeq: 0 } });
});

const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
const view = async (query: ViewQuery) => {
  const page = await listView(chat.ctx, operator, { countsWaiting: true, ...query });
  return { ...page, chats: page.chats.flatMap((row) => ('unchanged' in row ? [] : [row])) };
};
const idsOf = async (query: ViewQuery) => (await view(query)).chats.map(({ client }) => client.id);
const answer = async (clientId: number) => await saver.save(operator, [text('an answer', { clientId })]);

/** A visitor who asked something so many seconds from now. */
async function asking(seconds: number): Promise<VisitorActor> {
  const visitor = await chat.visitor();
  chat.now = at(seconds);
  await saver.save(visitor, [text('Hello?')]);
  return visitor;
}

/** All rows of a view by its pages, `between` two of which something else happens. */
async function pagesOf(
  name: ViewQuery['view'],
  limit: number,
  between: (page: number) => Promise<void> = async () => undefined,
): Promise<number[]> {
  const ids: number[] = [];
  for (let [cursor, page]: [string | undefined, number] = [undefined, 1]; ; page += 1) {
    const { chats, nextCursor } = await view({ view: name, limit, cursor });
    ids.push(...chats.map(({ client }) => client.id));
    if (nextCursor === null) return ids;
    expect(chats).toHaveLength(limit);
    cursor = nextCursor;
    await between(page);
  }
}

describe('waiting', () => {
  it('lists waiting visitors, longest wait first; neither the number of their messages nor reading changes the order', async () => {
    const [first, second, third] = [await asking(0), await asking(1), await asking(2)];
    await asking(3).then(async ({ clientId }) => await answer(clientId));
    chat.now = at(60);
    await saver.save(third, [text('?'), text('??')]);
    await saver.save(first, [text('?')]);
    for (const { clientId } of [first, second, third]) await markRead(chat.ctx, operator, { clientId });
    const page = await view({ view: 'waiting' });
    expect(page.chats.map(({ client }) => client.id)).toEqual([first, second, third].map(({ clientId }) => clientId));
    expect(page.chats[0]?.client).toMatchObject({ waitingSince: at(0).toISOString(), doneAt: null });
    expect(page).toMatchObject({ nextCursor: null, waiting: 3 });
    await answer(first.clientId);
    await markDone(chat.ctx, operator, { clientId: second.clientId, done: true });
    expect(await view({ view: 'waiting' })).toMatchObject({ chats: [{ client: { id: third.clientId } }], waiting: 1 });
    await blockVisitor(chat.ctx, operator, { clientId: third.clientId, blocked: true });
    expect(await view({ view: 'waiting' })).toMatchObject({ chats: [], waiting: 0 });
    // Let in again, they have waited all the time.
    await blockVisitor(chat.ctx, operator, { clientId: third.clientId, blocked: false });
    expect((await view({ view: 'waiting' })).chats).toMatchObject([{ client: { waitingSince: at(2).toISOString() } }]);
  });

  it('reaches each of 320 visitors exactly once, while others are answered, write again and arrive', async () => {
    const rows = await chat.db.prisma.client.createManyAndReturn({
      // Three at a time have waited equally long.
      data: Array.from({ length: 320 }, (_, index) => ({
        username: `waits ${index}`,
        updatedAt: NOW,
        lastSeq: 1,
        waitingSeq: 1,
        waitingSince: at(Math.floor(index / 3)),
        lastActivityAt: at(index),
      })),
      select: { id: true },
    });
    const all = rows.map(({ id }) => id);
    const answered = new Set<number>();
    chat.now = at(1_000);
    const ids = await pagesOf('waiting', 50, async (page) => {
      // One that was listed, one that was not, one that writes again, and a new one.
      for (const id of [all[page * 10], all[310 - page * 10]]) {
        await answer(id ?? 0);
        answered.add(id ?? 0);
      }
      await saver.save(operator, [text('?', { clientId: all[305] ?? 0, senderType: 'CLIENT' })]);
      if (page === 1) all.push((await asking(1_000 + page)).clientId);
    });
    expect(new Set(ids).size).toBe(ids.length);
    expect(all.filter((id) => !answered.has(id) && !ids.includes(id))).toEqual([]);
    expect(ids).toEqual(all.filter((id) => ids.includes(id)));
  });
});

describe('open', () => {
  it('lists waiting visitors first, then answered ones by newest activity, and no empty or done conversation', async () => {
    await chat.visitor('has only opened the chat');
    const [answered, patient, done, fresh, blocked] = [await asking(0), await asking(1), await asking(2), await asking(3), await asking(4)];
    await markDone(chat.ctx, operator, { clientId: done.clientId, done: true });
    chat.now = at(5);
    await answer(answered.clientId);
    chat.now = at(6);
    await blockVisitor(chat.ctx, operator, { clientId: blocked.clientId, blocked: true });
    const expected = [patient, fresh, answered, blocked].map(({ clientId }) => clientId);
    expect(await idsOf({ view: 'open' })).toEqual(expected);
    for (const limit of [1, 2, 3]) expect(await pagesOf('open', limit)).toEqual(expected);
    expect((await view({ view: 'open', limit: 1 })).waiting).toBe(2);
  });

  it('never leaves out a visitor who keeps waiting, and lists nobody twice on a page', async () => {
    const visitors: VisitorActor[] = [];
    for (let index = 0; index < 12; index += 1) visitors.push(await asking(index));
    const ids = await pagesOf('open', 4, async (page) => void (await answer(visitors[page]?.clientId ?? 0)));
    expect(visitors.filter(({ clientId }) => !ids.includes(clientId))).toEqual([]);
  });
});

it('the view of done conversations lists the last marked first, until the visitor writes', async () => {
  const visitors = [await asking(0), await asking(1), await asking(2)];
  for (const [index, { clientId }] of visitors.toReversed().entries()) {
    chat.now = at(10 + index);
    await markDone(chat.ctx, operator, { clientId, done: true });
  }
  const expected = visitors.map(({ clientId }) => clientId);
  expect(await idsOf({ view: 'done' })).toEqual(expected);
  expect(await pagesOf('done', 2)).toEqual(expected);
  await saver.save(visitors[1]!, [text('One more thing')]);
  expect(await idsOf({ view: 'done' })).toEqual([expected[0], expected[2]]);
  expect(await idsOf({ view: 'waiting' })).toEqual([expected[1]]);
});

describe('a page', () => {
  it.each(['', 'x', 'd_1_1', 'r_1_1', 'w_1', 'w_1_1_1', 'w_-1_1', 'w_1_99999999999', "w_1_1'"])(
    'is refused for the cursor "%s"',
    async (cursor) => {
      expect(await codeOf(view({ view: 'waiting', cursor }))).toBe('invalid_request');
    },
  );

  it('is for operators', async () => {
    const visitor = await chat.visitor();
    expect(await codeOf(listView(chat.ctx, visitor, { view: 'open' }))).toBe('forbidden');
    expect(await codeOf(listView(chat.ctx, { kind: 'anonymous' }, { view: 'open' }))).toBe('unauthenticated');
    expect(await codeOf(findChats(chat.ctx, visitor, { ids: [visitor.clientId] }))).toBe('forbidden');
    expect(await codeOf(findChats(chat.ctx, { kind: 'anonymous' }, {}))).toBe('unauthenticated');
  });
});

it('single conversations are found by id and by address, whatever view they are in', async () => {
  const form = { username: 'Vera', email: 'v@example.org', pageUrl: 'https://shop.example/', locale: 'de' };
  const { clientId, sessionId } = await startSession(chat.ctx, { kind: 'anonymous' }, form, { userAgent: 'A browser' });
  const old = await adoptSession(chat.ctx, operator, { clientSocketId: 'sock-of-old', username: 'Old' });
  const done = await asking(0);
  await markDone(chat.ctx, operator, { clientId: done.clientId, done: true });
  const ids = async (meant: Parameters<typeof findChats>[2]) => (await findChats(chat.ctx, operator, meant)).map(({ client }) => client.id);
  expect(await ids({ ids: [done.clientId, 99_999_999, clientId] })).toEqual([done.clientId, clientId]);
  const there = await ids({ addresses: ['sock-of-old', sessionId.toUpperCase(), 'nobody', "'; --"] });
  expect(new Set(there)).toEqual(new Set([clientId, old.clientId]));
  expect(await ids({ ids: [clientId], addresses: [sessionId] })).toEqual([clientId]);
  expect(await ids({})).toEqual([]);
  expect(await findChats(chat.ctx, operator, { ids: [clientId] })).toMatchObject([
    {
      client: {
        locale: 'de',
        userAgent: 'A browser',
        lastSeenAt: chat.now.toISOString(),
        pageUrl: 'https://shop.example/',
        waitingSince: null,
      },
    },
  ]);
});
