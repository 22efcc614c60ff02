import { randomUUID } from 'node:crypto';

import { MAX_MESSAGE_AGE_MS, type NewMessage } from '@switchboard/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { adoptSession } from '../adopt-session.ts';
import { endChat } from '../end-chat.ts';
import { chatFixture, codeOf, image, NOW, text } from '../testing/chat-fixture.ts';
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

const ANONYMOUS = { kind: 'anonymous' } as const;

describe('saving', () => {
  it('answers in the order asked with ids and numbers from 1', async () => {
    const visitor = await chat.visitor();
    const messages = [text('a'), text('b'), text('c')];
    const saved = await saver.save(visitor, messages);
    expect(saved.messages.map(({ messageKey }) => messageKey)).toEqual(messages.map(({ messageKey }) => messageKey));
    expect(saved.messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(saved.messages.every(({ id, duplicate, createdAt }) => id > 0 && !duplicate && createdAt === NOW.toISOString())).toBe(true);
    expect(saved.changed).toEqual([{ clientId: visitor.clientId, address: visitor.sessionId, lastSeq: 3 }]);
    const rows = await chat.messages(visitor.clientId);
    expect(rows.map((row) => [row.id, row.messageKey, row.text, row.seq])).toEqual(
      saved.messages.map((message, index) => [message.id, message.messageKey, messages[index]?.text, message.seq]),
    );
    expect(rows[0]).toMatchObject({ senderType: 'CLIENT', operatorId: null, savedById: null, sessionId: visitor.sessionId, isRead: false });
  });

  it('goes on counting after the last number, for each client on its own', async () => {
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

  it('keeps the counters of the client', async () => {
    const visitor = await chat.visitor();
    const operator = await chat.operator();
    chat.now = new Date(NOW.getTime() + 60_000);
    await saver.save(visitor, [text('a'), text('b')]);
    await saver.save(operator, [text('c', { clientId: visitor.clientId })]);
    expect(await chat.client(visitor.clientId)).toMatchObject({ lastSeq: 3, unreadCount: 2, lastActivityAt: chat.now });
    const session = await chat.db.prisma.chatSession.findUniqueOrThrow({ where: { id: visitor.sessionId } });
    expect(session.lastSeenAt).toEqual(chat.now);
  });

  it('saves an operator answer under the operator, wherever the client is named', async () => {
    const visitor = await chat.visitor();
    const operator = await chat.operator();
    const saved = await saver.save(operator, [
      text('by id', { clientId: visitor.clientId, clientSocketId: 'whatever' }),
      text('by session', { sessionId: visitor.sessionId.toUpperCase() }),
      text('by address', { clientSocketId: visitor.sessionId }),
    ]);
    expect(saved.messages.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    const rows = await chat.messages(visitor.clientId);
    expect(rows.map((row) => [row.senderType, row.operatorId])).toEqual(Array(3).fill(['OPERATOR', operator.userId]));
    expect(rows[0]?.sessionId).toBe(visitor.sessionId);
    expect((await chat.client(visitor.clientId)).unreadCount).toBe(0);
  });

  it('saves on behalf of a visitor of an old front-end and says who did', async () => {
    const operator = await chat.operator();
    const adopted = await adoptSession(chat.ctx, operator, { clientSocketId: `Sock_${randomUUID()}`.slice(0, 30), username: 'Old' });
    const { clientSocketId } = await chat.db.prisma.chatSession.findUniqueOrThrow({ where: { id: adopted.sessionId } });
    const saved = await saver.save(operator, [text('hi', { clientSocketId, senderType: 'CLIENT' })]);
    expect(saved.changed).toEqual([{ clientId: adopted.clientId, address: clientSocketId, lastSeq: 1 }]);
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
    expect(new Map(saved.changed.map(({ clientId, lastSeq }) => [clientId, lastSeq]))).toEqual(
      new Map([
        [a.clientId, 1],
        [b.clientId, 2],
      ]),
    );
  });

  it('believes the sending time within the last 7 days', async () => {
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

  it('a late message does not push the activity back', async () => {
    const visitor = await chat.visitor();
    await saver.save(visitor, [text('late', { sentAt: new Date(NOW.getTime() - 1_000).toISOString() })]);
    expect((await chat.client(visitor.clientId)).lastActivityAt).toEqual(NOW);
  });

  it('a new message makes an ended conversation active, one sent before the end does not', async () => {
    const visitor = await chat.visitor();
    await endChat(chat.ctx, visitor);
    await saver.save(visitor, [text('was under way', { sentAt: new Date(NOW.getTime() - 1).toISOString() })]);
    expect(await chat.client(visitor.clientId)).toMatchObject({ status: 'ENDED', endedAt: NOW });
    await saver.save(await chat.operator(), [text('still there?', { clientId: visitor.clientId })]);
    expect(await chat.client(visitor.clientId)).toMatchObject({ status: 'ACTIVE', endedAt: null });
    expect(await chat.db.prisma.chatSession.count({ where: { clientId: visitor.clientId, endedAt: null } })).toBe(1);
  });
});

describe('the message key', () => {
  it('a repeat answers the first row, whatever it says now, and changes nothing', async () => {
    const visitor = await chat.visitor();
    const message = text('first');
    const first = await saver.save(visitor, [message]);
    const again = await saver.save(visitor, [{ ...message, messageKey: message.messageKey.toUpperCase(), text: 'second' }, text('new')]);
    expect(again.messages[0]).toEqual({ ...first.messages[0], duplicate: true });
    expect(again.messages[1]).toMatchObject({ seq: 2, duplicate: false });
    expect((await saver.save(visitor, [message])).changed).toEqual([]);
    expect((await chat.messages(visitor.clientId)).map((row) => row.text)).toEqual(['first', 'new']);
    expect(await chat.client(visitor.clientId)).toMatchObject({ lastSeq: 2, unreadCount: 2 });
  });

  it('twice in one request is one row', async () => {
    const visitor = await chat.visitor();
    const message = text('a');
    const { messages } = await saver.save(visitor, [message, text('b'), message]);
    expect(messages[2]).toEqual(messages[0]);
    expect(messages.map(({ seq }) => seq)).toEqual([1, 2, 1]);
    expect(await chat.messages(visitor.clientId)).toHaveLength(2);
  });

  it('twice at the same time is one row, told as a duplicate once', async () => {
    const visitor = await chat.visitor();
    const message = text('a');
    const answers = await Promise.all([saver.save(visitor, [message]), saver.save(visitor, [message]), saver.save(visitor, [message])]);
    expect(answers.map(({ messages }) => messages[0]?.duplicate)).toEqual([false, true, true]);
    expect(new Set(answers.map(({ messages }) => messages[0]?.id)).size).toBe(1);
    expect(answers.map(({ changed }) => changed.length)).toEqual([1, 0, 0]);
  });

  it('a visitor and an operator on its behalf may both save it', async () => {
    const visitor = await chat.visitor();
    const operator = await chat.operator();
    const message = text('a');
    const first = await saver.save(operator, [{ ...message, clientId: visitor.clientId, senderType: 'CLIENT' }]);
    expect((await saver.save(visitor, [message])).messages[0]).toEqual({ ...first.messages[0], duplicate: true });
  });

  it('of another client or another sender is a conflict, and nothing of the request is saved', async () => {
    const [a, b] = [await chat.visitor(), await chat.visitor()];
    const operator = await chat.operator();
    const message = text('a');
    await saver.save(a, [message]);
    expect(await codeOf(saver.save(b, [text('x'), message]))).toBe('conflict');
    expect(await codeOf(saver.save(operator, [text('x', { clientId: a.clientId }), { ...message, clientId: a.clientId }]))).toBe(
      'conflict',
    );
    expect(await chat.messages(b.clientId)).toHaveLength(0);
    expect(await chat.client(b.clientId)).toMatchObject({ lastSeq: 0, unreadCount: 0 });
    expect(await chat.messages(a.clientId)).toHaveLength(1);
  });
});

describe('who may', () => {
  it('nobody without a token or a session', async () => {
    const visitor = await chat.visitor();
    expect(await codeOf(saver.save(ANONYMOUS, [text('a', { clientId: visitor.clientId })]))).toBe('unauthenticated');
  });

  it('a visitor saves into its own conversation only, and only as itself', async () => {
    const [a, b] = [await chat.visitor(), await chat.visitor()];
    expect(await codeOf(saver.save(a, [text('x', { clientId: b.clientId })]))).toBe('not_found');
    expect(await codeOf(saver.save(a, [text('x', { sessionId: b.sessionId })]))).toBe('not_found');
    expect(await codeOf(saver.save(a, [text('x', { senderType: 'OPERATOR' })]))).toBe('forbidden');
    expect(await codeOf(saver.save({ ...a, clientId: b.clientId }, [text('x')]))).toBe('not_found');
    expect(await codeOf(saver.save({ ...a, sessionId: randomUUID() }, [text('x')]))).toBe('not_found');
    expect(await chat.messages(a.clientId)).toHaveLength(0);
    expect(await chat.messages(b.clientId)).toHaveLength(0);
    expect((await saver.save(a, [text('x', { clientId: a.clientId, senderType: 'CLIENT' })])).messages).toHaveLength(1);
  });

  it('an operator names an existing conversation', async () => {
    const operator = await chat.operator();
    expect(await codeOf(saver.save(operator, [text('a')]))).toBe('invalid_request');
    expect(await codeOf(saver.save(operator, [text('a', { clientId: 99_999_999 })]))).toBe('not_found');
    expect(await codeOf(saver.save(operator, [text('a', { clientId: Number.MAX_SAFE_INTEGER })]))).toBe('not_found');
    expect(await codeOf(saver.save(operator, [text('a', { clientSocketId: 'nobody' })]))).toBe('not_found');
    expect(await codeOf(saver.save(operator, [text('a', { sessionId: randomUUID() })]))).toBe('not_found');
  });
});

describe('images', () => {
  it('are stored as the bare path of the upload, with its name and type', async () => {
    const visitor = await chat.visitor();
    const path = await chat.upload(visitor);
    await saver.save(visitor, [
      image(`${path}?e=1&s=abc`),
      image(`https://chat.example${path}`, { imageName: 'mine.png', mimeType: 'image/webp' }),
    ]);
    expect((await chat.messages(visitor.clientId)).map((row) => [row.imageUrl, row.imageName, row.mimeType, row.text])).toEqual([
      [path, 'cat.png', 'image/png', null],
      [path, 'mine.png', 'image/webp', null],
    ]);
  });

  it('must be uploads of the same conversation', async () => {
    const [a, b] = [await chat.visitor(), await chat.visitor()];
    const path = await chat.upload(a);
    expect(await codeOf(saver.save(b, [image(path)]))).toBe('not_found');
    expect(await codeOf(saver.save(await chat.operator(), [image(path, { clientId: b.clientId })]))).toBe('not_found');
    expect(await codeOf(saver.save(b, [image(`/api/chat/uploads/${randomUUID()}`)]))).toBe('not_found');
  });

  it.each<[string, string, string]>([
    ['https://pictures.example/cat.png', 'forbidden', 'resolved'],
    ['data:image/png;base64,AAAA', 'invalid_request', 'invalid_request'],
    ['javascript:alert(1)', 'forbidden', 'invalid_request'],
    ['//pictures.example/cat.png', 'forbidden', 'invalid_request'],
    ['/api/chat/uploads/../../etc/passwd', 'forbidden', 'invalid_request'],
    ['http://[', 'forbidden', 'invalid_request'],
  ])('%s from a visitor: %s, from an operator: %s', async (url, forVisitor, forOperator) => {
    const visitor = await chat.visitor();
    expect(await codeOf(saver.save(visitor, [image(url)]))).toBe(forVisitor);
    expect(await codeOf(saver.save(await chat.operator(), [image(url, { clientId: visitor.clientId })]))).toBe(forOperator);
  });
});

describe('a group', () => {
  it('a request that is refused or can not be stored fails alone', async () => {
    const [a, b] = [await chat.visitor(), await chat.visitor()];
    const operator = await chat.operator();
    const taken = text('taken');
    await saver.save(a, [taken]);
    const poison = text('nul \u0000 character');
    const outcomes = await Promise.all([
      codeOf(saver.save(a, [text('1')])),
      codeOf(saver.save(b, [text('x'), taken])),
      codeOf(saver.save(b, [text('1')])),
      codeOf(saver.save(a, [text('x'), poison])),
      codeOf(saver.save(operator, [text('x', { clientId: 99_999_999 })])),
      codeOf(saver.save(b, [text('2')])),
      codeOf(saver.save(a, [text('2')])),
    ]);
    expect(outcomes).toEqual(['resolved', 'conflict', 'resolved', 'invalid_request', 'not_found', 'resolved', 'resolved']);
    expect((await chat.messages(a.clientId)).map((row) => [row.seq, row.text])).toEqual([
      [1, 'taken'],
      [2, '1'],
      [3, '2'],
    ]);
    expect((await chat.messages(b.clientId)).map((row) => [row.seq, row.text])).toEqual([
      [1, '1'],
      [2, '2'],
    ]);
  });

  it('requests that come together are committed together', async () => {
    const visitor = await chat.visitor();
    await Promise.all(Array.from({ length: 40 }, async (_, index) => await saver.save(visitor, [text(String(index))])));
    const [{ transactions } = { transactions: 0 }] = await chat.db.prisma.$queryRaw<{ transactions: number }[]>`
      SELECT count(DISTINCT xmin::text)::int AS transactions FROM "ChatMessage" WHERE "clientId" = ${visitor.clientId}`;
    expect(transactions).toBeLessThanOrEqual(2);
    expect((await chat.messages(visitor.clientId)).map((row) => row.text)).toEqual(Array.from({ length: 40 }, (_, index) => String(index)));
  });

  it('never grows past its bound', async () => {
    const visitor = await chat.visitor();
    const small = createMessageSaver(chat.ctx, { maxGroup: 3 });
    await Promise.all(Array.from({ length: 10 }, async () => await small.save(visitor, [text('a'), text('b')])));
    const groups = await chat.db.prisma.$queryRaw<{ size: number }[]>`
      SELECT count(*)::int AS size FROM "ChatMessage" WHERE "clientId" = ${visitor.clientId} GROUP BY xmin::text`;
    expect(groups.map(({ size }) => size)).toEqual(Array(10).fill(2));
    await small.close();
  });

  it('past the queue a request is told to come back, and what was taken is saved', async () => {
    const visitor = await chat.visitor();
    const small = createMessageSaver(chat.ctx, { maxQueued: 3 });
    const taken = [small.save(visitor, [text('a'), text('b')]), small.save(visitor, [text('c')])];
    expect(small.state()).toEqual({ queued: 3 });
    await expect(small.save(visitor, [text('d')])).rejects.toMatchObject({
      code: 'unavailable',
      retryable: true,
      detail: { retryAfterSeconds: expect.any(Number) },
    });
    await Promise.all(taken);
    expect(small.state()).toEqual({ queued: 0 });
    expect((await small.save(visitor, [text('d')])).messages[0]?.seq).toBe(4);
    await small.close();
  });

  it('closing answers what was taken and takes nothing more', async () => {
    const visitor = await chat.visitor();
    const closing = createMessageSaver(chat.ctx);
    const taken = closing.save(visitor, [text('a')]);
    await closing.close();
    expect((await taken).messages[0]?.seq).toBe(1);
    expect(await codeOf(closing.save(visitor, [text('b')]))).toBe('unavailable');
  });

  it('takes no request of more than the agreed size, and an empty one for nothing', async () => {
    const visitor = await chat.visitor();
    const many: NewMessage[] = Array.from({ length: 101 }, () => text('a'));
    expect(await codeOf(saver.save(visitor, many))).toBe('invalid_request');
    expect(await saver.save(visitor, [])).toEqual({ messages: [], changed: [] });
    expect((await saver.save(visitor, many.slice(1))).messages.at(-1)?.seq).toBe(100);
  });
});
