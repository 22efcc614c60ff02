import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';

import type { VisitorActor, OperatorActor } from '../actor.ts';
import { blockVisitor } from '../visitors/block-visitor.ts';
import { endChat } from './end-chat.ts';
import { markDone } from './mark-done.ts';
import { markRead } from '../receipts/mark-read.ts';
import { createMessageSaver, type MessageSaver } from '../messages/saving/message-saver.ts';
import { changed, chatFixture, codeOf, image, NOW, text } from '../testing/chat-fixture.ts';

const chat = chatFixture();
let saver: MessageSaver;
let operator: OperatorActor;
beforeAll(async () => {
  saver = createMessageSaver(chat.ctx);
  operator = await chat.operator();
});
afterAll(async () => await saver.close());
beforeEach(() => {
  chat.now = NOW;
});

const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
const after = (seconds: number) => {
  chat.now = at(seconds);
};
const standing = async ({ clientId }: VisitorActor) => {
  const { waitingSince, doneAt } = await chat.client(clientId);
  return { waitingSince, doneAt };
};
const answer = async ({ clientId }: VisitorActor) => await saver.save(operator, [text('an answer', { clientId })]);
const done = async ({ clientId }: VisitorActor, lastSeq?: number) => await markDone(chat.ctx, operator, { clientId, done: true, lastSeq });

it('a visitor waits from their first message without an answer until an operator writes', async () => {
  const visitor = await chat.visitor();
  expect(await standing(visitor)).toEqual({ waitingSince: null, doneAt: null });
  await saver.save(visitor, [text('Hello?', { sentAt: at(-30).toISOString() })]);
  after(10);
  await saver.save(visitor, [text('Are you there?')]);
  expect(await standing(visitor)).toEqual({ waitingSince: at(-30), doneAt: null });
  await answer(visitor);
  expect(await standing(visitor)).toEqual({ waitingSince: null, doneAt: null });
  after(20);
  // A picture goes the longer way of saving.
  await saver.save(visitor, [image(await chat.upload(visitor))]);
  expect(await standing(visitor)).toEqual({ waitingSince: at(20), doneAt: null });
  await saver.save(operator, [image(await chat.upload(visitor), { clientId: visitor.clientId })]);
  expect(await standing(visitor)).toEqual({ waitingSince: null, doneAt: null });
});

it('a visitor waits on after reading, blocking and ending', async () => {
  const visitor = await chat.visitor();
  const { clientId } = visitor;
  await saver.save(visitor, [text('Hello?')]);
  await markRead(chat.ctx, operator, { clientId });
  await blockVisitor(chat.ctx, operator, { clientId, blocked: true });
  await blockVisitor(chat.ctx, operator, { clientId, blocked: false });
  await endChat(chat.ctx, visitor);
  expect(await standing(visitor)).toEqual({ waitingSince: NOW, doneAt: null });
});

it.each<[string, readonly ('v' | 'o')[], number | null]>([
  ['an answer between two messages', ['v', 'o', 'v'], 2],
  ['an answer at the end', ['v', 'v', 'o'], null],
  ['no answer', ['v', 'v', 'v'], 0],
])('what is saved together counts in its order: %s', async (_what, order, first) => {
  const { clientId, sessionId } = await chat.visitor();
  const messages = order.map((side, index) =>
    text(side, { clientId, sentAt: at(index - 10).toISOString(), senderType: side === 'v' ? 'CLIENT' : 'OPERATOR' }),
  );
  await saver.save(operator, messages);
  const since = first === null ? null : at(first - 10);
  expect(await standing({ kind: 'visitor', clientId, sessionId })).toEqual({ waitingSince: since, doneAt: null });
});

it('marking as done ends the waiting until the visitor writes again', async () => {
  const visitor = await chat.visitor();
  const { clientId } = visitor;
  await saver.save(visitor, [text('Thanks!')]);
  after(60);
  expect(await done(visitor, 1)).toEqual({
    doneAt: at(60).toISOString(),
    waitingSince: null,
    effects: [changed(visitor, 1, 'state', 'activity')],
  });
  after(70);
  expect((await done(visitor)).doneAt).toBe(at(60).toISOString());
  await answer(visitor);
  expect(await standing(visitor)).toEqual({ waitingSince: null, doneAt: at(60) });
  after(80);
  await saver.save(visitor, [text('One more thing')]);
  expect(await standing(visitor)).toEqual({ waitingSince: at(80), doneAt: null });
  await done(visitor);
  // Answered in the same transaction: open again, and nobody waits.
  await saver.save(operator, [text('v', { clientId, senderType: 'CLIENT' }), text('o', { clientId })]);
  expect(await standing(visitor)).toEqual({ waitingSince: null, doneAt: null });
});

it('marking as done is refused when there is a message that the operator has not seen', async () => {
  const visitor = await chat.visitor();
  await saver.save(visitor, [text('Thanks!'), text('But wait')]);
  expect(await codeOf(done(visitor, 1))).toBe('conflict');
  expect(await standing(visitor)).toEqual({ waitingSince: NOW, doneAt: null });
});

it('once it is undone, the messages decide who waits', async () => {
  const [waiting, answered] = [await chat.visitor(), await chat.visitor()];
  await saver.save(waiting, [text('Hello?'), text('Hello?')]);
  await answer(waiting);
  after(5);
  await saver.save(waiting, [text('Still broken')]);
  after(6);
  await saver.save(waiting, [text('Are you there?')]);
  await saver.save(answered, [text('Hello?')]);
  await answer(answered);
  const undo = async ({ clientId }: VisitorActor) => await markDone(chat.ctx, operator, { clientId, done: false });
  for (const visitor of [waiting, answered]) await done(visitor);
  expect(await undo(waiting)).toMatchObject({ doneAt: null, waitingSince: at(5).toISOString() });
  expect(await undo(answered)).toMatchObject({ doneAt: null, waitingSince: null });
  // Once more changes nothing.
  expect(await undo(waiting)).toMatchObject({ doneAt: null, waitingSince: at(5).toISOString() });
});

it('marking as done is for operators, and for existing conversations', async () => {
  const visitor = await chat.visitor();
  const input = { clientId: visitor.clientId, done: true };
  expect(await codeOf(markDone(chat.ctx, visitor, input))).toBe('forbidden');
  expect(await codeOf(markDone(chat.ctx, { kind: 'anonymous' }, input))).toBe('unauthenticated');
  expect(await codeOf(markDone(chat.ctx, operator, { ...input, clientId: 99_999_999 }))).toBe('not_found');
});
