import { beforeEach, expect, it } from 'vitest';

import { SYSTEM } from '../actor.ts';
import { blockVisitor } from '../visitors/block-visitor.ts';
import { countUnanswered } from './count-unanswered.ts';
import { endChat } from './end-chat.ts';
import { markDone } from './mark-done.ts';
import { markRead } from '../receipts/mark-read.ts';
import { createMessageSaver } from '../messages/saving/message-saver.ts';
import { chatFixture, NOW, text } from '../testing/chat-fixture.ts';

const chat = chatFixture();
const DAY = 24 * 60 * 60;
const at = (seconds: number) => {
  chat.now = new Date(NOW.getTime() + seconds * 1_000);
};
beforeEach(async () => {
  await chat.db.prisma.client.updateMany({ data: { waitingSince: null } });
  at(0);
});

it('is zero when nobody waits', async () => {
  await chat.visitor();
  expect(await countUnanswered(chat.ctx, SYSTEM)).toEqual({ count: 0, oldestSeconds: 0 });
});

it('counts conversations in which the last message is the visitor’s, since the first message without an answer', async () => {
  const saver = createMessageSaver(chat.ctx);
  const operator = await chat.operator();
  const [waiting, answered, patient] = [await chat.visitor(), await chat.visitor(), await chat.visitor()];
  await saver.save(answered, [text('Hello?')]);
  await saver.save(waiting, [text('Hello?')]);
  await saver.save(operator, [text('Hi', { clientId: waiting.clientId }), text('Hi', { clientId: answered.clientId })]);
  at(10);
  await saver.save(waiting, [text('and'), text('another thing')]);
  at(30);
  await saver.save(waiting, [text('Are you there?')]);
  await saver.save(patient, [text('Hello?')]);
  at(40);
  expect(await countUnanswered(chat.ctx, SYSTEM)).toEqual({ count: 2, oldestSeconds: 30 });
  // To have read it is not to have answered.
  await markRead(chat.ctx, operator, { clientId: waiting.clientId });
  expect(await countUnanswered(chat.ctx, SYSTEM)).toEqual({ count: 2, oldestSeconds: 30 });
  await saver.save(operator, [text('Here I am', { clientId: waiting.clientId })]);
  expect(await countUnanswered(chat.ctx, SYSTEM)).toEqual({ count: 1, oldestSeconds: 10 });
});

it('counts visitors who have left or waited for long, and neither blocked nor done ones', async () => {
  const saver = createMessageSaver(chat.ctx);
  const operator = await chat.operator();
  const [gone, patient, blocked, done] = [await chat.visitor(), await chat.visitor(), await chat.visitor(), await chat.visitor()];
  for (const visitor of [gone, patient, blocked, done]) await saver.save(visitor, [text('Hello?')]);
  await endChat(chat.ctx, gone);
  await blockVisitor(chat.ctx, operator, { clientId: blocked.clientId, blocked: true });
  await markDone(chat.ctx, operator, { clientId: done.clientId, done: true });
  at(8 * DAY);
  expect(await countUnanswered(chat.ctx, SYSTEM)).toEqual({ count: 2, oldestSeconds: 8 * DAY });
});
