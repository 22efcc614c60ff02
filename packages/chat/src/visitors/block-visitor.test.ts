import { expect, it } from 'vitest';

import { SYSTEM } from '../actor.ts';
import { blockVisitor } from './block-visitor.ts';
import { countUnanswered } from '../conversations/count-unanswered.ts';
import { endChat } from '../conversations/end-chat.ts';
import { listRecentChats } from '../conversations/list-recent-chats.ts';
import { readHistory } from '../messages/read-history.ts';
import { readPage } from '../messages/read-page.ts';
import { recordReceipts } from '../receipts/record-receipts.ts';
import { createMessageSaver } from '../messages/saving/message-saver.ts';
import { startSession } from './start-session.ts';
import { changed, chatFixture, codeOf, NOW, text } from '../testing/chat-fixture.ts';

const chat = chatFixture();
const block = async (actor: Parameters<typeof blockVisitor>[1], clientId: number, blocked = true) =>
  await blockVisitor(chat.ctx, actor, { clientId, blocked });

it('a blocked visitor can do nothing that their token allowed, and everything again once unblocked', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const { clientId, sessionId } = visitor;
  const saver = createMessageSaver(chat.ctx);
  await saver.save(visitor, [text('before')]);
  expect(await block(operator, clientId)).toEqual({
    blockedAt: NOW.toISOString(),
    changed: true,
    effects: [{ kind: 'access revoked', role: 'client', id: clientId, address: sessionId }, changed(visitor, 1, 'state', 'activity')],
  });
  const attempts = [
    saver.save(visitor, [text('after')]),
    readPage(chat.ctx, visitor, { limit: 10 }),
    readHistory(chat.ctx, visitor, { clientId }),
    recordReceipts(chat.ctx, visitor, { readSeq: 1 }),
    endChat(chat.ctx, visitor),
    chat.upload(visitor),
    startSession(chat.ctx, visitor, { username: 'Vera' }),
    startSession(chat.ctx, { kind: 'anonymous' }, { username: 'Vera' }, { resume: { clientId, sessionId } }),
  ];
  expect(await Promise.all(attempts.map(codeOf))).toEqual(attempts.map(() => 'blocked'));
  expect(await chat.messages(clientId)).toHaveLength(1);

  expect(await block(operator, clientId, false)).toEqual({
    blockedAt: null,
    changed: true,
    effects: [changed(visitor, 1, 'state', 'activity')],
  });
  expect((await saver.save(visitor, [text('unblocked')])).messages).toMatchObject([{ seq: 2 }]);
  expect((await readPage(chat.ctx, visitor, { limit: 10 })).lastSeq).toBe(2);
  expect(await startSession(chat.ctx, visitor, { username: 'Vera' })).toMatchObject({ clientId, resumed: true });
});

it('messages that were committed before the block are answered as duplicates, and new ones are refused', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const saver = createMessageSaver(chat.ctx);
  const saved = text('its answer was lost');
  await saver.save(visitor, [saved]);
  await block(operator, visitor.clientId);
  expect((await saver.save(visitor, [saved])).messages).toMatchObject([{ seq: 1, duplicate: true }]);
  expect(await codeOf(saver.save(visitor, [saved, text('new')]))).toBe('blocked');
});

it('a block does not affect other visitors whose messages are saved at the same moment', async () => {
  const [one, two, three] = await chat.companions();
  const saver = createMessageSaver(chat.ctx);
  await block(await chat.operator(), two.clientId);
  const outcomes = await Promise.allSettled([one, two, three].map(async (visitor) => await saver.save(visitor, [text('together')])));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});

it('operators can read a blocked visitor’s conversation and cannot write to it', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const saver = createMessageSaver(chat.ctx);
  await saver.save(visitor, [text('before')]);
  await block(operator, visitor.clientId);
  const { clientId } = visitor;
  expect((await readPage(chat.ctx, operator, { clientId, limit: 10 })).messages).toHaveLength(1);
  const row = (await listRecentChats(chat.ctx, operator)).find(({ client }) => client.id === clientId);
  expect(row?.client.blockedAt).toBe(NOW.toISOString());
  await expect(saver.save(operator, [text('hello?', { clientId })])).rejects.toThrow('This visitor is blocked. Unblock them first.');
  expect(await codeOf(saver.save(operator, [text('on its behalf', { clientId, senderType: 'CLIENT' })]))).toBe('blocked');
});

it('a visitor cannot avoid a block by ending the conversation', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  await endChat(chat.ctx, visitor);
  await block(operator, visitor.clientId);
  expect(await codeOf(startSession(chat.ctx, visitor, { username: 'Vera' }))).toBe('blocked');
  expect(await codeOf(createMessageSaver(chat.ctx).save(visitor, [text('again')]))).toBe('blocked');
});

it('only operators can block; the block records who did it and when, and a repeat changes nothing', async () => {
  const [visitor, stranger, operator, colleague] = [
    await chat.visitor(),
    await chat.visitor(),
    await chat.operator(),
    await chat.operator(),
  ];
  expect(await codeOf(block(visitor, visitor.clientId))).toBe('forbidden');
  expect(await codeOf(block(stranger, visitor.clientId))).toBe('forbidden');
  expect(await codeOf(block({ kind: 'anonymous' }, visitor.clientId))).toBe('unauthenticated');
  expect(await codeOf(block(operator, 2_000_000_000))).toBe('not_found');
  await block(operator, visitor.clientId);
  chat.now = new Date(NOW.getTime() + 60_000);
  // The answer to the first request may have been lost, and its effects with it.
  expect(await block(colleague, visitor.clientId)).toMatchObject({
    blockedAt: NOW.toISOString(),
    changed: false,
    effects: [{ kind: 'access revoked' }, { kind: 'conversation changed' }],
  });
  expect(await chat.client(visitor.clientId)).toMatchObject({ blockedAt: NOW, blockedById: operator.userId, status: 'ACTIVE' });
  await block(operator, visitor.clientId, false);
  expect(await chat.client(visitor.clientId)).toMatchObject({ blockedAt: null, blockedById: null });
  chat.now = NOW;
});

it('a blocked visitor does not count as waiting for an answer', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  await createMessageSaver(chat.ctx).save(visitor, [text('spam')]);
  const before = (await countUnanswered(chat.ctx, SYSTEM)).count;
  await block(operator, visitor.clientId);
  expect((await countUnanswered(chat.ctx, SYSTEM)).count).toBe(before - 1);
});

it('of messages sent at the moment of the block, the acknowledged ones are saved and the refused ones are not', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  // Two web nodes.
  const savers = [createMessageSaver(chat.ctx), createMessageSaver(chat.ctx)];
  const messages = Array.from({ length: 60 }, (_, index) => text(`#${index}`));
  const save = async (some: typeof messages) =>
    await Promise.all(
      some.map(
        async (message, index) => await codeOf(savers[index % 2]?.save(visitor, [message]) ?? Promise.reject(new Error('no saver'))),
      ),
    );
  const before = await save(messages.slice(0, 20));
  const [meanwhile] = await Promise.all([save(messages.slice(20, 40)), block(operator, visitor.clientId)]);
  const outcomes = [...before, ...meanwhile, ...(await save(messages.slice(40)))];
  const acknowledged = messages.filter((_, index) => outcomes[index] === 'resolved').map(({ messageKey }) => messageKey);
  const rows = await chat.messages(visitor.clientId);
  expect(new Set(outcomes)).toEqual(new Set(['resolved', 'blocked']));
  expect(rows.map(({ messageKey }) => messageKey).toSorted()).toEqual(acknowledged.toSorted());
  expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
});
