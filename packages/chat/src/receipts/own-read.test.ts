import { afterAll, beforeAll, expect, it } from 'vitest';

import type { OperatorActor, VisitorActor } from '../actor.ts';
import { findChats } from '../conversations/list-recent-chats.ts';
import { listView } from '../conversations/list-view.ts';
import { readConversation } from '../conversations/read-conversation.ts';
import { readPage } from '../messages/read-page.ts';
import { createMessageSaver, type MessageSaver } from '../messages/saving/message-saver.ts';
import { chatFixture, NOW, text } from '../testing/chat-fixture.ts';
import { markRead } from './mark-read.ts';
import { recordReceipts } from './record-receipts.ts';

const chat = chatFixture();
let saver: MessageSaver;
let ana: OperatorActor;
let ben: OperatorActor;
beforeAll(async () => {
  saver = createMessageSaver(chat.ctx);
  [ana, ben] = [await chat.operator('Ana'), await chat.operator('Ben')];
});
afterAll(async () => await saver.close());

async function asking(...texts: string[]): Promise<VisitorActor> {
  const visitor = await chat.visitor();
  for (const one of texts) await saver.save(visitor, [text(one)]);
  return visitor;
}
const unread = async (operator: OperatorActor, { clientId }: VisitorActor) =>
  (await findChats(chat.ctx, operator, { ids: [clientId] }))[0]?.unreadCount;
const readers = async ({ clientId }: VisitorActor) =>
  (await readConversation(chat.ctx, ana, clientId)).readers.map(({ name, readSeq, readAt }) => [name, readSeq, readAt]);

it('a conversation is unread for each operator until they have read it themselves', async () => {
  const visitor = await asking('1', '2', '3');
  const { clientId } = visitor;
  await saver.save(ben, [text('an answer', { clientId })]);
  await markRead(chat.ctx, ben, { clientId, upToSeq: 2 });
  expect([await unread(ana, visitor), await unread(ben, visitor)]).toEqual([3, 1]);
  await recordReceipts(chat.ctx, ben, { clientId, readSeq: 4 });
  expect([await unread(ana, visitor), await unread(ben, visitor)]).toEqual([3, 0]);
  // Without effects: for the visitor and the others it was read already.
  expect(await recordReceipts(chat.ctx, ana, { clientId, readSeq: 1 })).toMatchObject({ effects: [] });
  expect(await unread(ana, visitor)).toBe(2);
  expect(await markRead(chat.ctx, ana, { clientId })).toMatchObject({ count: 0, effects: [] });
  expect([await unread(ana, visitor), await unread(ben, visitor)]).toEqual([0, 0]);
  await saver.save(visitor, [text('4')]);
  expect([await unread(ana, visitor), await unread(ben, visitor)]).toEqual([1, 1]);
  // That anybody has read a message is recorded as before.
  expect(await chat.client(clientId)).toMatchObject({ unreadCount: 1, operatorReadSeq: 4 });
});

it('says who has read it up to where, and since when', async () => {
  const visitor = await asking('1', '2');
  const { clientId } = visitor;
  expect(await readers(visitor)).toEqual([]);
  await recordReceipts(chat.ctx, ben, { clientId, readSeq: 1 });
  chat.now = new Date(NOW.getTime() + 1_000);
  await markRead(chat.ctx, ana, { clientId });
  const expected = [
    ['Ana', 2, chat.now.toISOString()],
    ['Ben', 1, NOW.toISOString()],
  ];
  expect(await readers(visitor)).toEqual(expected);
  // A lower mark, a repeated one and one beyond the newest message change nothing; receiving is not reading.
  chat.now = new Date(NOW.getTime() + 2_000);
  const { version } = await chat.client(clientId);
  await recordReceipts(chat.ctx, ana, { clientId, readSeq: 1 });
  await recordReceipts(chat.ctx, ana, { clientId, readSeq: 99 });
  await markRead(chat.ctx, ana, { clientId });
  await recordReceipts(chat.ctx, ben, { clientId, deliveredSeq: 2 });
  expect(await readers(visitor)).toEqual(expected);
  expect((await chat.client(clientId)).version).toBe(version);
  chat.now = NOW;
});

it('a visitor’s own reading is nobody else’s, and a page has the reader’s own mark', async () => {
  const visitor = await asking('1', '2');
  const { clientId } = visitor;
  await saver.save(ben, [text('an answer', { clientId })]);
  await recordReceipts(chat.ctx, visitor, { readSeq: 3 });
  expect(await readers(visitor)).toEqual([]);
  await recordReceipts(chat.ctx, ben, { clientId, readSeq: 2 });
  const page = async (actor: OperatorActor | VisitorActor) => await readPage(chat.ctx, actor, { clientId, limit: 10 });
  expect(await page(ben)).toMatchObject({ readSeq: 2, receipts: { operatorReadSeq: 2 } });
  expect(await page(ana)).toMatchObject({ readSeq: 0, receipts: { operatorReadSeq: 2 } });
  expect(await page(visitor)).not.toHaveProperty('readSeq');
});

it('what an operator reads after a colleague is a change of the row that they know', async () => {
  const visitor = await asking('1', '2');
  const { clientId } = visitor;
  await markRead(chat.ctx, ben, { clientId });
  const known = async () => new Map([[clientId, (await chat.client(clientId)).version]]);
  const row = async (versions: ReadonlyMap<number, number>) =>
    (await listView(chat.ctx, ana, { view: 'all', limit: 1, known: versions })).chats[0];
  const before = await known();
  expect(await row(before)).toMatchObject({ clientId, unchanged: true });
  await recordReceipts(chat.ctx, ana, { clientId, readSeq: 1 });
  expect(await row(before)).toMatchObject({ client: { id: clientId }, unreadCount: 1 });
  const between = await known();
  await markRead(chat.ctx, ana, { clientId });
  expect(await row(between)).toMatchObject({ client: { id: clientId }, unreadCount: 0 });
});

it('what was there before operators had read marks is read, and marks only count after it', async () => {
  const visitor = await asking('1', '2', '3');
  await chat.db.prisma.client.update({ where: { id: visitor.clientId }, data: { readBeforeSeq: 2 } });
  await markRead(chat.ctx, ben, { clientId: visitor.clientId, upToSeq: 1 });
  expect([await unread(ana, visitor), await unread(ben, visitor)]).toEqual([1, 1]);
});

it('marks grow to the highest when an operator’s pages report at the same time', async () => {
  const visitor = await asking('1', '2', '3', '4', '5');
  const { clientId } = visitor;
  await Promise.all([3, 1, 5, 2, 4].map(async (readSeq) => await recordReceipts(chat.ctx, ana, { clientId, readSeq })));
  expect(await unread(ana, visitor)).toBe(0);
  expect((await readers(visitor)).map(([, readSeq]) => readSeq)).toEqual([5]);
});

it('unread messages are counted up to a hundred', async () => {
  const visitor = await chat.visitor();
  for (let batch = 0; batch < 2; batch += 1)
    await saver.save(
      visitor,
      Array.from({ length: 60 }, (_, index) => text(`${index}`)),
    );
  expect(await unread(ana, visitor)).toBe(100);
  await markRead(chat.ctx, ana, { clientId: visitor.clientId, upToSeq: 90 });
  expect(await unread(ana, visitor)).toBe(30);
});
