import { MAX_PAGE_SIZE } from '@switchboard/protocol';
import { expect, it } from 'vitest';

import { readHistory } from './read-history.ts';
import { createMessageSaver } from './saving/message-saver.ts';
import { chatFixture, NOW, text } from '../testing/chat-fixture.ts';

const chat = chatFixture();
const ago = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000).toISOString();

it('the history has the newest messages in the order they were sent, oldest first, with operators’ names', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator('Olga')];
  const { clientId } = visitor;
  const saver = createMessageSaver(chat.ctx);
  await saver.save(visitor, [text('second', { sentAt: ago(30) }), text('third', { sentAt: ago(20) })]);
  await saver.save(operator, [text('fourth', { clientId, sentAt: ago(10) })]);
  await saver.save(visitor, [text('came late', { sentAt: ago(40) }), text('same time', { sentAt: ago(10) })]);
  const history = await readHistory(chat.ctx, operator, { clientId });
  expect(history.map((message) => [message.text, message.operatorName])).toEqual([
    ['came late', null],
    ['second', null],
    ['third', null],
    ['fourth', 'Olga'],
    ['same time', null],
  ]);
  expect((await readHistory(chat.ctx, operator, { clientId, limit: 2 })).map((message) => message.text)).toEqual(['fourth', 'same time']);
});

it('the history can be limited to one session', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const { clientId, sessionId } = visitor;
  const saver = createMessageSaver(chat.ctx);
  await saver.save(visitor, [text('here')]);
  await saver.save(operator, [text('elsewhere', { clientId, sessionId: 'legacy-1' })]);
  const texts = async (id: string) => (await readHistory(chat.ctx, operator, { clientId, sessionId: id })).map((message) => message.text);
  expect(await texts(sessionId)).toEqual(['here']);
  expect(await texts('legacy-1')).toEqual(['elsewhere']);
  expect(await texts('none')).toEqual([]);
});

it('the history has 100 messages by default, and never more than the cap', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const saver = createMessageSaver(chat.ctx);
  for (let batch = 0; batch < 3; batch += 1)
    await saver.save(
      visitor,
      Array.from({ length: 70 }, () => text('x')),
    );
  const { clientId } = visitor;
  expect(await readHistory(chat.ctx, operator, { clientId })).toHaveLength(100);
  expect(await readHistory(chat.ctx, operator, { clientId, limit: 100_000 })).toHaveLength(MAX_PAGE_SIZE);
  expect((await readHistory(chat.ctx, operator, { clientId, limit: 3 })).map(({ seq }) => seq)).toEqual([208, 209, 210]);
});
