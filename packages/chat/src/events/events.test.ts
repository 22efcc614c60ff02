import { beforeEach, expect, it } from 'vitest';

import { endChat } from '../conversations/end-chat.ts';
import { markDone } from '../conversations/mark-done.ts';
import { createMessageSaver } from '../messages/saving/message-saver.ts';
import { chatFixture, codeOf, image, NOW, text } from '../testing/chat-fixture.ts';
import { adoptSession } from '../visitors/adopt-session.ts';
import { blockVisitor } from '../visitors/block-visitor.ts';

const chat = chatFixture();
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
beforeEach(() => {
  chat.now = NOW;
});
const VISITOR = { kind: 'visitor', id: null, name: null };

it('an event says who did what to a conversation, when, and the values before and after', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator('Olga')];
  const { clientId } = visitor;
  const olga = { kind: 'operator', id: operator.userId, name: 'Olga' };
  const [one, two] = [at(1).toISOString(), at(2).toISOString()];
  chat.now = at(1);
  await blockVisitor(chat.ctx, operator, { clientId, blocked: true });
  await markDone(chat.ctx, operator, { clientId, done: true });
  chat.now = at(2);
  await markDone(chat.ctx, operator, { clientId, done: false });
  await blockVisitor(chat.ctx, operator, { clientId, blocked: false });
  await endChat(chat.ctx, visitor);
  const event = { from: null, to: null, reason: null };
  expect(await chat.events(operator, { clientId })).toEqual([
    { ...event, activitySeq: 1, at: NOW.toISOString(), kind: 'started', actor: VISITOR },
    { ...event, activitySeq: 2, at: one, kind: 'blocked', actor: olga, from: { blockedAt: null }, to: { blockedAt: one } },
    { ...event, activitySeq: 3, at: one, kind: 'done', actor: olga, from: { doneAt: null }, to: { doneAt: one } },
    { ...event, activitySeq: 4, at: two, kind: 'undone', actor: olga, from: { doneAt: one }, to: { doneAt: null } },
    { ...event, activitySeq: 5, at: two, kind: 'unblocked', actor: olga, from: { blockedAt: one }, to: { blockedAt: null } },
    { ...event, activitySeq: 6, at: two, kind: 'ended', actor: VISITOR, from: { endedAt: null }, to: { endedAt: two } },
  ]);
});

it('a repeated request that changes nothing adds no event', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const { clientId } = visitor;
  for (const _attempt of ['first', 'again']) {
    await blockVisitor(chat.ctx, operator, { clientId, blocked: true });
    await markDone(chat.ctx, operator, { clientId, done: true });
  }
  for (const _attempt of ['first', 'again']) {
    await blockVisitor(chat.ctx, operator, { clientId, blocked: false });
    await markDone(chat.ctx, operator, { clientId, done: false });
    await endChat(chat.ctx, operator, { clientId });
  }
  const kinds = (await chat.events(operator, { clientId })).map(({ kind }) => kind);
  expect(kinds).toEqual(['started', 'blocked', 'done', 'unblocked', 'undone', 'ended']);
});

it('a visitor who ends a chat after an operator did adds a second event, because their end is final', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  await endChat(chat.ctx, operator, { clientId: visitor.clientId });
  for (const _attempt of ['first', 'again']) await endChat(chat.ctx, visitor);
  const events = await chat.events(operator, { clientId: visitor.clientId, afterActivitySeq: 1 });
  expect(events.map(({ kind, actor }) => [kind, actor.kind])).toEqual([
    ['ended', 'operator'],
    ['ended', 'visitor'],
  ]);
});

it('the event of a conversation that a message reopens names the message as the reason', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const { clientId } = visitor;
  const saver = createMessageSaver(chat.ctx);
  for (const message of [text('one more question'), image(await chat.upload(visitor))]) {
    await endChat(chat.ctx, operator, { clientId });
    await saver.save(visitor, [message, text('and another')]);
  }
  const reopened = (activitySeq: number) => ({
    activitySeq,
    at: NOW.toISOString(),
    kind: 'reopened',
    actor: VISITOR,
    from: { endedAt: NOW.toISOString() },
    to: { endedAt: null },
    reason: 'message',
  });
  const events = await chat.events(operator, { clientId });
  expect(events.filter(({ kind }) => kind === 'reopened')).toEqual([reopened(3), reopened(5)]);
  expect(await chat.client(clientId)).toMatchObject({ activitySeq: 5, status: 'ACTIVE' });
});

it('the event that starts an adopted conversation names the operator who adopted it', async () => {
  const operator = await chat.operator('Olga');
  const { clientId } = await adoptSession(chat.ctx, operator, { clientSocketId: 'a socket', username: 'Old' });
  const [started] = await chat.events(operator, { clientId });
  expect(started).toMatchObject({ kind: 'started', actor: { kind: 'operator', id: operator.userId, name: 'Olga' } });
});

it('events at the same moment are numbered without a gap', async () => {
  const [visitor, ...operators] = [await chat.visitor(), await chat.operator(), await chat.operator(), await chat.operator()];
  const { clientId } = visitor;
  await Promise.all(
    operators.flatMap((operator) => [
      blockVisitor(chat.ctx, operator, { clientId, blocked: true }),
      markDone(chat.ctx, operator, { clientId, done: true }),
      blockVisitor(chat.ctx, operator, { clientId, blocked: false }),
    ]),
  );
  const [operator] = operators;
  if (operator === undefined) throw new Error('There is no operator.');
  const events = await chat.events(operator, { clientId });
  expect(events.map(({ activitySeq }) => activitySeq)).toEqual(events.map((_, index) => index + 1));
  expect(await chat.events(operator, { clientId, afterActivitySeq: 1, limit: 1 })).toEqual(events.slice(1, 2));
});

it('a verb that fails adds no event', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const { clientId } = visitor;
  await createMessageSaver(chat.ctx).save(visitor, [text('new')]);
  expect(await codeOf(markDone(chat.ctx, operator, { clientId, done: true, lastSeq: 0 }))).toBe('conflict');
  expect(await chat.events(operator, { clientId, afterActivitySeq: 1 })).toEqual([]);
});
