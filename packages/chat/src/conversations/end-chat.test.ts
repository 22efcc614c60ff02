import { describe, expect, it } from 'vitest';

import { SYSTEM, type VisitorActor } from '../actor.ts';
import { endChat } from './end-chat.ts';
import { readHistory } from '../messages/read-history.ts';
import { readPage } from '../messages/read-page.ts';
import { recordReceipts } from '../receipts/record-receipts.ts';
import { requireOpenSession } from '../visitors/require-open-session.ts';
import { listRevocations } from '../revocations/revocations.ts';
import { createMessageSaver } from '../messages/saving/message-saver.ts';
import { startSession } from '../visitors/start-session.ts';
import { changed, chatFixture, codeOf, NOW, text } from '../testing/chat-fixture.ts';

const chat = chatFixture();

it('ends a conversation once, by the visitor or an operator, and keeps everything', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const { clientId } = visitor;
  await createMessageSaver(chat.ctx).save(visitor, [text('a')]);
  expect((await endChat(chat.ctx, visitor)).endedAt).toBe(NOW.toISOString());
  chat.now = new Date(NOW.getTime() + 1_000);
  expect((await endChat(chat.ctx, visitor)).endedAt).toBe(NOW.toISOString());
  expect((await endChat(chat.ctx, operator, { clientId })).endedAt).toBe(NOW.toISOString());
  expect(await chat.client(clientId)).toMatchObject({ status: 'ENDED', endedAt: NOW, unreadCount: 1, lastSeq: 1 });
  expect(await chat.messages(clientId)).toHaveLength(1);
  chat.now = NOW;
});

describe('the effects of ending a chat', () => {
  const effectsOfLeaving = (visitor: VisitorActor) => [
    { kind: 'visitor left', clientId: visitor.clientId, address: visitor.sessionId },
    { kind: 'access revoked', role: 'client', id: visitor.clientId, address: visitor.sessionId },
    changed(visitor, 0, 'state', 'activity'),
  ];

  it('by the visitor: they left and their tokens are revoked; repeated, their tokens are revoked', async () => {
    const visitor = await chat.visitor();
    expect((await endChat(chat.ctx, visitor)).effects).toEqual(effectsOfLeaving(visitor));
    expect((await endChat(chat.ctx, visitor)).effects).toEqual(effectsOfLeaving(visitor).slice(1));
  });

  it('by the visitor after an operator: they left, too', async () => {
    const [visitor, operator] = [await chat.visitor(), await chat.operator()];
    await endChat(chat.ctx, operator, { clientId: visitor.clientId });
    expect((await endChat(chat.ctx, visitor)).effects).toEqual(effectsOfLeaving(visitor));
  });

  it('by an operator: nobody’s token is revoked', async () => {
    const [visitor, operator] = [await chat.visitor(), await chat.operator()];
    const { effects } = await endChat(chat.ctx, operator, { clientId: visitor.clientId });
    expect(effects).toEqual([changed(visitor, 0, 'state', 'activity')]);
  });
});

describe('a visitor’s token, once they have ended the chat', () => {
  it('opens nothing but the last page', async () => {
    const visitor = await chat.visitor();
    const { clientId, sessionId } = visitor;
    const saver = createMessageSaver(chat.ctx);
    const kept = text('kept');
    await saver.save(visitor, [kept]);
    await endChat(chat.ctx, visitor);
    const attempts = [
      saver.save(visitor, [text('after')]),
      saver.save(visitor, [text('was under way', { sentAt: new Date(NOW.getTime() - 1_000).toISOString() })]),
      saver.save(visitor, [kept, text('beside a repeat')]),
      readPage(chat.ctx, visitor, { limit: 10, beforeSeq: 1 }),
      readPage(chat.ctx, visitor, { limit: 10, afterSeq: 0 }),
      readPage(chat.ctx, visitor, { limit: 200 }),
      readHistory(chat.ctx, visitor, { clientId }),
      recordReceipts(chat.ctx, visitor, { readSeq: 1 }),
      chat.upload(visitor),
      requireOpenSession(chat.ctx, visitor),
    ];
    expect(await Promise.all(attempts.map(codeOf))).toEqual(attempts.map(() => 'unauthenticated'));
    expect(await chat.messages(clientId)).toHaveLength(1);
    expect((await readPage(chat.ctx, visitor, { limit: 50 })).messages).toMatchObject([{ text: 'kept' }]);
    // A repeat of what was saved is answered for ever.
    expect((await saver.save(visitor, [kept])).messages).toMatchObject([{ seq: 1, duplicate: true }]);
    expect(await startSession(chat.ctx, visitor, { username: 'Vera' })).toMatchObject({ resumed: false });
    expect(await startSession(chat.ctx, { kind: 'anonymous' }, { username: 'Vera' }, { resume: { clientId, sessionId } })).toMatchObject({
      resumed: false,
    });
  });

  it('is revoked on the relay, together with the end', async () => {
    const visitor = await chat.visitor();
    await endChat(chat.ctx, visitor);
    expect((await listRevocations(chat.ctx, SYSTEM, NOW)).revocations).toContainEqual({
      role: 'client',
      id: visitor.clientId,
      at: NOW,
      address: visitor.sessionId,
    });
  });

  it('stays revoked when somebody else writes into the conversation', async () => {
    const [visitor, operator] = [await chat.visitor(), await chat.operator()];
    const saver = createMessageSaver(chat.ctx);
    await endChat(chat.ctx, visitor);
    await saver.save(operator, [text('still there?', { clientId: visitor.clientId })]);
    expect(await chat.client(visitor.clientId)).toMatchObject({ status: 'ENDED', endedAt: NOW });
    expect(await codeOf(saver.save(visitor, [text('alone, so at once')]))).toBe('unauthenticated');
    expect(await codeOf(saver.save(visitor, [text('in a group'), text('in a group')]))).toBe('unauthenticated');
    expect(await startSession(chat.ctx, visitor, { username: 'Vera' })).toMatchObject({ resumed: false });
  });
});

it('an operator who ends it leaves the visitor their token: the next message opens it again', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const saver = createMessageSaver(chat.ctx);
  await endChat(chat.ctx, operator, { clientId: visitor.clientId });
  await saver.save(visitor, [text('one more question')]);
  expect(await chat.client(visitor.clientId)).toMatchObject({ status: 'ACTIVE', endedAt: null, lastSeq: 1 });
});
