import type { NewMessage } from '@switchboard/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { chatFixture, codeOf, NOW, text } from '../../testing/chat-fixture.ts';
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

describe('a group', () => {
  it('a refused request or one that cannot be stored fails alone', async () => {
    const [a, b] = await chat.companions();
    const [operator, colleague] = [await chat.operator(), await chat.operator('Otto')];
    const taken = text('taken', { clientId: b.clientId });
    await saver.save(colleague, [taken]);
    const poison = text('nul \u0000 character');
    const outcomes = await Promise.all([
      codeOf(saver.save(a, [text('1')])),
      codeOf(saver.save(operator, [text('x', { clientId: b.clientId }), taken])),
      codeOf(saver.save(b, [text('1')])),
      codeOf(saver.save(a, [text('x'), poison])),
      codeOf(saver.save(operator, [text('x', { clientId: 99_999_999 })])),
      codeOf(saver.save(b, [text('2')])),
      codeOf(saver.save(a, [text('2')])),
    ]);
    expect(outcomes).toEqual(['resolved', 'conflict', 'resolved', 'invalid_request', 'not_found', 'resolved', 'resolved']);
    expect((await chat.messages(a.clientId)).map((row) => [row.seq, row.text])).toEqual([
      [1, '1'],
      [2, '2'],
    ]);
    expect((await chat.messages(b.clientId)).map((row) => [row.seq, row.text])).toEqual([
      [1, 'taken'],
      [2, '1'],
      [3, '2'],
    ]);
  });

  it('a key that another server commits meanwhile is answered as a duplicate', async () => {
    const visitor = await chat.visitor();
    const { clientId } = visitor;
    const raced = text('raced');
    const logged = chat.errors.length;
    const { saves } = await chat.db.prisma.$transaction(async (tx) => {
      await tx.client.update({ where: { id: clientId }, data: { lastSeq: 1, unreadCount: 1 } });
      await tx.chatMessage.create({
        data: { messageKey: raced.messageKey, clientId, seq: 1, senderType: 'CLIENT', messageType: 'TEXT', text: 'theirs' },
      });
      // The key is not visible yet, so the group goes ahead until it waits for this transaction's lock.
      const saves = Promise.all([saver.save(visitor, [text('x'), raced]), saver.save(visitor, [text('y')])]);
      await expect
        .poll(
          async () =>
            await chat.db.prisma.$queryRaw`
              SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
        .toHaveLength(1);
      return { saves };
    });
    const answers = (await saves).map(({ messages }) => messages.map(({ seq, duplicate }) => [seq, duplicate]));
    expect(answers).toEqual([
      [
        [2, false],
        [1, true],
      ],
      [[3, false]],
    ]);
    expect((await chat.messages(clientId)).map((row) => [row.seq, row.text])).toEqual([
      [1, 'theirs'],
      [2, 'x'],
      [3, 'y'],
    ]);
    expect(chat.errors).toHaveLength(logged);
  });

  it('requests that arrive together are committed together', async () => {
    const visitor = await chat.visitor();
    await Promise.all(Array.from({ length: 40 }, async (_, index) => await saver.save(visitor, [text(String(index))])));
    const [{ transactions } = { transactions: 0 }] = await chat.db.prisma.$queryRaw<{ transactions: number }[]>`
      SELECT count(DISTINCT xmin::text)::int AS transactions FROM "ChatMessage" WHERE "clientId" = ${visitor.clientId}`;
    expect(transactions).toBeLessThanOrEqual(2);
    expect((await chat.messages(visitor.clientId)).map((row) => row.text)).toEqual(Array.from({ length: 40 }, (_, index) => String(index)));
  });

  it('is limited in size', async () => {
    const visitor = await chat.visitor();
    const small = createMessageSaver(chat.ctx, { maxGroup: 3 });
    await Promise.all(Array.from({ length: 10 }, async () => await small.save(visitor, [text('a'), text('b')])));
    const groups = await chat.db.prisma.$queryRaw<{ size: number }[]>`
      SELECT count(*)::int AS size FROM "ChatMessage" WHERE "clientId" = ${visitor.clientId} GROUP BY xmin::text`;
    expect(groups.map(({ size }) => size)).toEqual(Array(10).fill(2));
    await small.close();
  });

  it('a full queue refuses further requests as unavailable, and the accepted ones are saved', async () => {
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

  it('a caller with too many waiting messages is rate limited, and others are not', async () => {
    const [visitor, other, operator] = [await chat.visitor(), await chat.visitor(), await chat.operator()];
    const small = createMessageSaver(chat.ctx, { maxQueued: 100, maxQueuedPerCaller: 3 });
    const flood = Array.from({ length: 10 }, async (_, index) => await codeOf(small.save(visitor, [text(String(index))])));
    const others = [
      codeOf(small.save(other, [text('a'), text('b'), text('c')])),
      codeOf(small.save(operator, [text('d', { clientId: visitor.clientId })])),
    ];
    expect((await Promise.all(flood)).filter((code) => code === 'rate_limited')).toHaveLength(7);
    expect(await Promise.all(others)).toEqual(['resolved', 'resolved']);
    // Answered messages no longer count.
    expect(await codeOf(small.save(visitor, [text('e'), text('f'), text('g')]))).toBe('resolved');
    await small.close();
  });

  it('a closing saver answers the accepted requests and refuses new ones', async () => {
    const visitor = await chat.visitor();
    const closing = createMessageSaver(chat.ctx);
    const taken = closing.save(visitor, [text('a')]);
    await closing.close();
    expect((await taken).messages[0]?.seq).toBe(1);
    expect(await codeOf(closing.save(visitor, [text('b')]))).toBe('unavailable');
  });

  it('refuses a request of more than 100 messages, and answers an empty one', async () => {
    const visitor = await chat.visitor();
    const many: NewMessage[] = Array.from({ length: 101 }, () => text('a'));
    expect(await codeOf(saver.save(visitor, many))).toBe('invalid_request');
    expect(await saver.save(visitor, [])).toEqual({ messages: [], effects: [] });
    expect((await saver.save(visitor, many.slice(1))).messages.at(-1)?.seq).toBe(100);
  });
});
