import { randomUUID } from 'node:crypto';

import { MAX_MESSAGE_AGE_MS } from '@switchboard/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { adoptSession } from '../../visitors/adopt-session.ts';
import { endChat } from '../../conversations/end-chat.ts';
import { listRecentChats } from '../../conversations/list-recent-chats.ts';
import { changed, chatFixture, codeOf, NOW, text } from '../../testing/chat-fixture.ts';
import { createMessageSaver, type MessageSaver } from './message-saver.ts';

const chat = chatFixture();
let saver: MessageSaver;
beforeAll(() => {
  saver = createMessageSaver(chat.ctx);
});
afterAll(async () => await saver.close());
beforeEach(() => {
  chat.now = NOW;
});

describe('saving', () => {
  it('answers in the order asked with ids and numbers from 1', async () => {
    const visitor = await chat.visitor();
    const messages = [text('a'), text('b'), text('c')];
    const saved = await saver.save(visitor, messages);
    expect(saved.messages.map(({ messageKey }) => messageKey)).toEqual(messages.map(({ messageKey }) => messageKey));
    expect(saved.messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(saved.messages.every(({ id, duplicate, createdAt }) => id > 0 && !duplicate && createdAt === NOW.toISOString())).toBe(true);
    expect(saved.effects).toEqual([changed(visitor, 3, 'messages')]);
    const rows = await chat.messages(visitor.clientId);
    expect(rows.map((row) => [row.id, row.messageKey, row.text, row.seq])).toEqual(
      saved.messages.map((message, index) => [message.id, message.messageKey, messages[index]?.text, message.seq]),
    );
    expect(rows[0]).toMatchObject({ senderType: 'CLIENT', operatorId: null, savedById: null, sessionId: visitor.sessionId, isRead: false });
  });

  it('continues after the last number of each client', async () => {
    const [a, b] = [await chat.visitor(), await chat.visitor()];
    await saver.save(a, [text('1'), text('2')]);
    expect((await saver.save(b, [text('1')])).messages[0]?.seq).toBe(1);
    expect((await saver.save(a, [text('3')])).messages[0]?.seq).toBe(3);
  });

  it('stores text exactly as typed', async () => {
    const visitor = await chat.visitor();
    const value = `<b>"quoted"</b> \\ {a,b} NULL 'x' ü 漢 🙂\r\n\ttab ; -- $1`;
    await saver.save(visitor, [text(value), text('NULL'), text('{}')]);
    expect((await chat.messages(visitor.clientId)).map((row) => row.text)).toEqual([value, 'NULL', '{}']);
  });

  it('updates the counters of the client', async () => {
    const visitor = await chat.visitor();
    const operator = await chat.operator();
    chat.now = new Date(NOW.getTime() + 60_000);
    await saver.save(visitor, [text('a'), text('b')]);
    await saver.save(operator, [text('c', { clientId: visitor.clientId })]);
    expect(await chat.client(visitor.clientId)).toMatchObject({ lastSeq: 3, unreadCount: 2, lastActivityAt: chat.now });
    const session = await chat.db.prisma.chatSession.findUniqueOrThrow({ where: { id: visitor.sessionId } });
    expect(session.lastSeenAt).toEqual(chat.now);
  });

  it('saves an operator’s answer with the operator’s id, however the client is named', async () => {
    const visitor = await chat.visitor();
    const operator = await chat.operator();
    const saved = await saver.save(operator, [
      text('by id', { clientId: visitor.clientId, clientSocketId: 'whatever' }),
      text('by session', { sessionId: visitor.sessionId.toUpperCase() }),
      text('by address', { clientSocketId: visitor.sessionId }),
    ]);
    expect(saved.messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    const rows = await chat.messages(visitor.clientId);
    expect(rows.map((row) => [row.senderType, row.operatorId])).toEqual(Array.from({ length: 3 }, () => ['OPERATOR', operator.userId]));
    expect(rows[0]?.sessionId).toBe(visitor.sessionId);
    expect((await chat.client(visitor.clientId)).unreadCount).toBe(0);
  });

  it('saves on behalf of a visitor of an old front-end and records the operator', async () => {
    const operator = await chat.operator();
    const adopted = await adoptSession(chat.ctx, operator, { clientSocketId: `Sock_${randomUUID()}`.slice(0, 30), username: 'Old' });
    const { clientSocketId } = await chat.db.prisma.chatSession.findUniqueOrThrow({ where: { id: adopted.sessionId } });
    const saved = await saver.save(operator, [text('hi', { clientSocketId, senderType: 'CLIENT' })]);
    expect(saved.effects).toMatchObject([{ clientId: adopted.clientId, address: clientSocketId, lastSeq: 1 }]);
    expect((await chat.messages(adopted.clientId))[0]).toMatchObject({
      senderType: 'CLIENT',
      operatorId: null,
      savedById: operator.userId,
      clientSocketId,
      sessionId: adopted.sessionId,
    });
    expect((await chat.client(adopted.clientId)).unreadCount).toBe(1);
  });

  it('saves to several clients in one request', async () => {
    const [a, b] = [await chat.visitor(), await chat.visitor()];
    const operator = await chat.operator();
    const saved = await saver.save(operator, [
      text('1', { clientId: b.clientId }),
      text('2', { clientId: a.clientId }),
      text('3', { clientId: b.clientId }),
    ]);
    expect(saved.messages.map(({ seq }) => seq)).toEqual([1, 1, 2]);
    expect(saved.effects).toEqual([changed(b, 2, 'messages'), changed(a, 1, 'messages')]);
  });

  it('numbers a sender’s concurrent requests in the order they were made, however they name the conversation', async () => {
    const operator = await chat.operator();
    const visitors = await chat.companions();
    const requests = Array.from({ length: 60 }, (_, index) => {
      const { clientId, sessionId } = visitors[index % 3]!;
      if (index % 5 === 0) return [text(String(index), { clientSocketId: sessionId })];
      if (index % 7 === 0) return visitors.map((visitor) => text(String(index), { clientId: visitor.clientId }));
      return [text(String(index), { clientId })];
    });
    const small = createMessageSaver(chat.ctx, { maxGroup: 4 });
    await Promise.all(requests.map(async (messages) => await small.save(operator, messages)));
    await small.close();
    for (const [nth, { clientId }] of visitors.entries()) {
      const asked = [...requests.keys()].filter((index) => (index % 5 !== 0 && index % 7 === 0) || index % 3 === nth);
      expect((await chat.messages(clientId)).map((row) => Number(row.text))).toEqual(asked);
    }
  });

  it('accepts a sending time within the last 7 days', async () => {
    const visitor = await chat.visitor();
    const at = (ms: number) => new Date(NOW.getTime() + ms).toISOString();
    const saved = await saver.save(visitor, [
      text('future', { sentAt: at(60_000) }),
      text('yesterday', { sentAt: at(-86_400_000) }),
      text('long ago', { sentAt: at(-MAX_MESSAGE_AGE_MS - 1) }),
      text('none'),
    ]);
    expect(saved.messages.map(({ createdAt }) => createdAt)).toEqual([at(0), at(-86_400_000), at(-MAX_MESSAGE_AGE_MS), at(0)]);
  });

  it('counts a late message as activity when it arrives, so its conversation is the newest', async () => {
    const [visitor, other] = [await chat.visitor(), await chat.visitor()];
    const operator = await chat.operator();
    await saver.save(other, [text('at once')]);
    chat.now = new Date(NOW.getTime() + 60_000);
    await saver.save(visitor, [text('written in a tunnel', { sentAt: new Date(NOW.getTime() - 3_600_000).toISOString() })]);
    expect((await chat.client(visitor.clientId)).lastActivityAt).toEqual(chat.now);
    expect((await listRecentChats(chat.ctx, operator, { limit: 1 }))[0]?.client.id).toBe(visitor.clientId);
    // A clock that is behind does not move the activity back.
    chat.now = NOW;
    await saver.save(visitor, [text('by another server')]);
    expect((await chat.client(visitor.clientId)).lastActivityAt).toEqual(new Date(NOW.getTime() + 60_000));
  });

  it.each([0, -500, -50_000])('reopens a conversation that an operator ended, whatever the message’s clock says (%i ms)', async (ms) => {
    const visitor = await chat.visitor();
    const operator = await chat.operator();
    const sentAt = new Date(NOW.getTime() + ms).toISOString();
    const end = async () => await endChat(chat.ctx, operator, { clientId: visitor.clientId });
    await end();
    await saver.save(visitor, [text('by themselves', { sentAt })]);
    expect(await chat.client(visitor.clientId)).toMatchObject({ status: 'ACTIVE', endedAt: null });
    await end();
    await saver.save(operator, [text('on their behalf', { sentAt, clientId: visitor.clientId, senderType: 'CLIENT' })]);
    expect(await chat.client(visitor.clientId)).toMatchObject({ status: 'ACTIVE', endedAt: null });
    await end();
    await saver.save(operator, [text('still there?', { sentAt, clientId: visitor.clientId })]);
    expect(await chat.client(visitor.clientId)).toMatchObject({ status: 'ACTIVE', endedAt: null });
  });

  it('keeps a conversation ended that the visitor has ended, whatever is saved later', async () => {
    const visitor = await chat.visitor();
    const operator = await chat.operator();
    await saver.save(visitor, [text('Hello?')]);
    await endChat(chat.ctx, visitor);
    chat.now = new Date(NOW.getTime() + 60_000);
    await saver.save(operator, [
      text('their last words, kept by a console', { clientId: visitor.clientId, senderType: 'CLIENT' }),
      text('an answer that crossed the end', { clientId: visitor.clientId }),
    ]);
    expect(await chat.client(visitor.clientId)).toMatchObject({ status: 'ENDED', endedAt: NOW, lastSeq: 3 });
  });
});

describe('a message key', () => {
  it('that is repeated answers the first row, whatever the new text, and changes nothing', async () => {
    const visitor = await chat.visitor();
    const message = text('first');
    const first = await saver.save(visitor, [message]);
    const again = await saver.save(visitor, [{ ...message, messageKey: message.messageKey.toUpperCase(), text: 'second' }, text('new')]);
    expect(again.messages[0]).toEqual({ ...first.messages[0], duplicate: true });
    expect(again.messages[1]).toMatchObject({ seq: 2, duplicate: false });
    const repeat = await saver.save(visitor, [message]);
    // The process that committed the first may have ended before it notified the relay.
    expect([again.effects, repeat.effects]).toEqual([[changed(visitor, 2, 'messages')], [changed(visitor, 2, 'messages')]]);
    expect((await chat.messages(visitor.clientId)).map((row) => row.text)).toEqual(['first', 'new']);
    expect(await chat.client(visitor.clientId)).toMatchObject({ lastSeq: 2, unreadCount: 2 });
  });

  it('that is used twice in one request is one row', async () => {
    const visitor = await chat.visitor();
    const message = text('a');
    const { messages } = await saver.save(visitor, [message, text('b'), message]);
    expect(messages[2]).toEqual(messages[0]);
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 1]);
    expect(await chat.messages(visitor.clientId)).toHaveLength(2);
  });

  it('that is used twice at the same time is one row, and one answer says duplicate', async () => {
    const visitor = await chat.visitor();
    const message = text('a');
    const answers = await Promise.all([saver.save(visitor, [message]), saver.save(visitor, [message]), saver.save(visitor, [message])]);
    expect(answers.map(({ messages }) => messages[0]?.duplicate)).toEqual([false, true, true]);
    expect(new Set(answers.map(({ messages }) => messages[0]?.id)).size).toBe(1);
    expect(answers.map(({ effects }) => effects)).toEqual(answers.map(() => [changed(visitor, 1, 'messages')]));
  });

  it('may be saved by a visitor and by an operator on their behalf', async () => {
    const visitor = await chat.visitor();
    const operator = await chat.operator();
    const message = text('a');
    const first = await saver.save(operator, [{ ...message, clientId: visitor.clientId, senderType: 'CLIENT' }]);
    expect((await saver.save(visitor, [message])).messages[0]).toEqual({ ...first.messages[0], duplicate: true });
  });

  it('of an operator’s message can be used by the visitor without affecting that message', async () => {
    const visitor = await chat.visitor();
    const operator = await chat.operator();
    const answer = text('the answer', { clientId: visitor.clientId });
    const taken = await saver.save(visitor, [{ ...answer, text: 'No, thank you.', messageKey: answer.messageKey.toUpperCase() }]);
    const saved = await saver.save(operator, [answer]);
    expect([taken, saved].map(({ messages }) => messages[0])).toMatchObject([
      { seq: 1, duplicate: false },
      { seq: 2, duplicate: false, messageKey: answer.messageKey },
    ]);
    expect((await chat.messages(visitor.clientId)).map((row) => [row.senderType, row.text])).toEqual([
      ['CLIENT', 'No, thank you.'],
      ['OPERATOR', 'the answer'],
    ]);
    // Both are idempotent, each for its side.
    expect((await saver.save(operator, [answer])).messages[0]).toEqual({ ...saved.messages[0], duplicate: true });
    expect((await saver.save(visitor, [{ ...answer, text: 'again' }])).messages[0]).toEqual({ ...taken.messages[0], duplicate: true });
  });

  it('of another conversation can be used again', async () => {
    const [a, b] = [await chat.visitor(), await chat.visitor()];
    const operator = await chat.operator();
    const key = { messageKey: randomUUID() };
    const requests = await Promise.all([
      saver.save(a, [text('a', key)]),
      saver.save(b, [text('b', key)]),
      saver.save(operator, [text('to a', { ...key, clientId: a.clientId }), text('to b', { ...key, clientId: b.clientId })]),
    ]);
    expect(requests.flatMap(({ messages }) => messages.map(({ duplicate }) => duplicate))).toEqual([false, false, false, false]);
    expect((await chat.messages(a.clientId)).map((row) => row.text)).toEqual(['a', 'to a']);
    expect((await chat.messages(b.clientId)).map((row) => row.text)).toEqual(['b', 'to b']);
  });

  it('of another operator’s message is a conflict, and the request is not saved', async () => {
    const visitor = await chat.visitor();
    const [olga, otto] = [await chat.operator(), await chat.operator('Otto')];
    const theirs = text('from Otto', { clientId: visitor.clientId });
    await saver.save(otto, [theirs]);
    expect(await codeOf(saver.save(olga, [text('x', { clientId: visitor.clientId }), { ...theirs, text: 'from Olga' }]))).toBe('conflict');
    expect((await chat.messages(visitor.clientId)).map((row) => [row.operatorId, row.text])).toEqual([[otto.userId, 'from Otto']]);
    expect(await chat.client(visitor.clientId)).toMatchObject({ lastSeq: 1 });
  });
});
