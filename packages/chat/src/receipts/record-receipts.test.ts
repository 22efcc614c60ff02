import { randomUUID } from 'node:crypto';

import { Prisma } from '@switchboard/database';
import { recordStatements, seed } from '@switchboard/database/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../actor.ts';
import { markRead } from './mark-read.ts';
import { readEpoch } from '../installation/read-epoch.ts';
import { readPage } from '../messages/read-page.ts';
import { recordReceipts } from './record-receipts.ts';
import { createMessageSaver } from '../messages/saving/message-saver.ts';
import { chatFixture, NOW, text } from '../testing/chat-fixture.ts';

const chat = chatFixture();
const NONE = { clientDeliveredSeq: 0, clientReadSeq: 0, operatorDeliveredSeq: 0, operatorReadSeq: 0 };

/** A conversation of six messages: the odd ones by the visitor, the even ones by the operator. */
async function conversation() {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const saver = createMessageSaver(chat.ctx);
  for (let round = 0; round < 3; round += 1) {
    await saver.save(visitor, [text('question')]);
    await saver.save(operator, [text('answer', { clientId: visitor.clientId })]);
  }
  return { visitor, operator, saver, clientId: visitor.clientId };
}

const readSeqs = async (clientId: number) => (await chat.messages(clientId)).filter(({ isRead }) => isRead).map(({ seq }) => seq);

describe('a visitor', () => {
  it('reports which messages they received and read, and the operators’ messages become read', async () => {
    const { visitor, clientId } = await conversation();
    expect(await recordReceipts(chat.ctx, visitor, { deliveredSeq: 4 })).toEqual({
      receipts: { ...NONE, clientDeliveredSeq: 4 },
      effects: [
        {
          kind: 'messages seen',
          clientId,
          address: visitor.sessionId,
          by: 'client',
          receipts: { ...NONE, clientDeliveredSeq: 4 },
        },
      ],
    });
    expect(await readSeqs(clientId)).toEqual([]);
    expect((await recordReceipts(chat.ctx, visitor, { readSeq: 5 })).receipts).toEqual({
      ...NONE,
      clientDeliveredSeq: 5,
      clientReadSeq: 5,
    });
    expect(await readSeqs(clientId)).toEqual([2, 4]);
    expect((await chat.messages(clientId))[1]?.readAt).toEqual(NOW);
    expect((await chat.client(clientId)).unreadCount).toBe(3);
  });

  it('never lowers a mark, and a report with lower marks changes nothing', async () => {
    const { visitor } = await conversation();
    await recordReceipts(chat.ctx, visitor, { deliveredSeq: 5, readSeq: 4 });
    expect(await recordReceipts(chat.ctx, visitor, { deliveredSeq: 2, readSeq: 1 })).toEqual({
      receipts: { ...NONE, clientDeliveredSeq: 5, clientReadSeq: 4 },
      effects: [],
    });
  });

  it('cannot mark messages that do not exist', async () => {
    const { visitor, operator, saver, clientId } = await conversation();
    const { receipts } = await recordReceipts(chat.ctx, visitor, { readSeq: Number.MAX_SAFE_INTEGER });
    expect(receipts).toMatchObject({ clientDeliveredSeq: 6, clientReadSeq: 6 });
    await saver.save(operator, [text('new', { clientId })]);
    expect(await readSeqs(clientId)).toEqual([2, 4, 6]);
  });
});

describe('an operator', () => {
  it('reports which messages arrived and were read, and the unread count falls', async () => {
    const { visitor, operator, clientId } = await conversation();
    const delivered = await recordReceipts(chat.ctx, operator, { clientId, deliveredSeq: 6 });
    expect(delivered).toMatchObject({
      receipts: { ...NONE, operatorDeliveredSeq: 6 },
      effects: [{ kind: 'messages seen', by: 'operator', address: visitor.sessionId, receipts: { operatorDeliveredSeq: 6 } }],
    });
    expect((await recordReceipts(chat.ctx, operator, { clientId, readSeq: 3 })).receipts).toEqual({
      ...NONE,
      operatorDeliveredSeq: 6,
      operatorReadSeq: 3,
    });
    expect(await readSeqs(clientId)).toEqual([1, 3]);
    expect((await chat.client(clientId)).unreadCount).toBe(1);
  });

  it('marks a conversation as read, all or up to a number, and gets the count', async () => {
    const { visitor, operator, saver, clientId } = await conversation();
    expect(await markRead(chat.ctx, operator, { clientId, upToSeq: 3 })).toEqual({
      count: 2,
      receipts: { ...NONE, operatorDeliveredSeq: 3, operatorReadSeq: 3 },
      effects: [
        {
          kind: 'messages seen',
          clientId,
          address: visitor.sessionId,
          by: 'operator',
          receipts: { ...NONE, operatorDeliveredSeq: 3, operatorReadSeq: 3 },
        },
      ],
    });
    expect((await chat.client(clientId)).unreadCount).toBe(1);
    expect(await markRead(chat.ctx, operator, { clientId })).toMatchObject({ count: 1, receipts: { operatorReadSeq: 6 } });
    expect(await markRead(chat.ctx, operator, { clientId })).toMatchObject({ count: 0, receipts: { operatorReadSeq: 6 }, effects: [] });
    expect(await chat.client(clientId)).toMatchObject({ unreadCount: 0, clientReadSeq: 0 });
    expect((await chat.messages(clientId)).map(({ isRead, readAt }) => [isRead, readAt])).toEqual(
      [1, 2, 3, 4, 5, 6].map((seq) => (seq % 2 === 1 ? [true, NOW] : [false, null])),
    );
    await saver.save(visitor, [text('another')]);
    expect((await chat.client(clientId)).unreadCount).toBe(1);
    expect(await markRead(chat.ctx, operator, { clientId, upToSeq: 6 })).toMatchObject({ count: 0 });
    expect(await markRead(chat.ctx, operator, { clientId })).toMatchObject({ count: 1 });
  });

  it('counts each message once when several operators mark it at the same time', async () => {
    const { operator, saver, visitor, clientId } = await conversation();
    const others = [operator, await chat.operator(), await chat.operator()];
    const marks = others.map(async (each) => await markRead(chat.ctx, each, { clientId }));
    const saves = Array.from({ length: 5 }, async () => await saver.save(visitor, [text('meanwhile')]));
    const counts = (await Promise.all(marks)).map(({ count }) => count);
    await Promise.all(saves);
    const sum = counts.reduce((total, count) => total + count, 0);
    const unread = await chat.countUnread(clientId);
    expect(sum + unread).toBe(8);
    expect((await chat.client(clientId)).unreadCount).toBe(unread);
  });
});

it('receipts from another epoch change nothing', async () => {
  const { visitor, operator, clientId } = await conversation();
  const [epoch, other] = [await readEpoch(chat.ctx, SYSTEM), randomUUID()];
  const marks = { deliveredSeq: 6, readSeq: 6 };
  const refused = [
    await recordReceipts(chat.ctx, visitor, { ...marks, epoch: other }),
    await recordReceipts(chat.ctx, operator, { ...marks, clientId, epoch: other }),
  ];
  expect(refused).toMatchObject(refused.map(() => ({ receipts: NONE, effects: [] })));
  expect(await recordReceipts(chat.ctx, operator, { ...marks, clientId, epoch: epoch.toUpperCase() })).toMatchObject({
    effects: [{ kind: 'messages seen' }],
  });
});

it('a conversation with many unread messages is marked as read at once, and its rows are flagged in bounded steps', async () => {
  const visitor = await chat.visitor();
  const operator = await chat.operator();
  const { clientId } = visitor;
  const total = 25_000;
  await seed(chat.url, [
    Prisma.sql`INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt")
      SELECT gen_random_uuid(), ${clientId}::int, n, 'CLIENT', 'TEXT', 'x', now() FROM generate_series(1, ${total}::int) n`,
  ]);
  await chat.db.prisma.client.update({ where: { id: clientId }, data: { lastSeq: total, unreadCount: total } });
  const unflagged = async () => await chat.countUnread(clientId);

  let marked: Awaited<ReturnType<typeof markRead>> | undefined;
  const statements = await recordStatements(async () => (marked = await markRead(chat.ctx, operator, { clientId })));
  expect(marked).toMatchObject({ count: total, receipts: { operatorReadSeq: total } });
  expect((await chat.client(clientId)).unreadCount).toBe(0);
  const steps = statements.filter((statement) => statement.text.includes('"isRead" = true')).length;
  const left = await unflagged();
  // No statement flags more than a thousand, and no report more than twenty times that.
  expect(steps).toBe(20);
  expect(left).toBe(total - steps * 1_000);

  const { messages } = await readPage(chat.ctx, operator, { clientId, limit: 200 });
  expect(messages.every(({ isRead }) => isRead)).toBe(true);
  await createMessageSaver(chat.ctx).save(visitor, [text('one more')]);
  expect(await markRead(chat.ctx, operator, { clientId })).toMatchObject({ count: 1 });
  expect(await unflagged()).toBe(0);
});

it('the marks are the highest that each side reported, in whatever order', async () => {
  const report = fc.record({
    byOperator: fc.boolean(),
    deliveredSeq: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
    readSeq: fc.option(fc.integer({ min: 0, max: 9 }), { nil: undefined }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(report, { maxLength: 8 }), async (reports) => {
      const { visitor, operator, clientId } = await conversation();
      await Promise.all(
        reports.map(
          async ({ byOperator, ...marks }) => await recordReceipts(chat.ctx, byOperator ? operator : visitor, { clientId, ...marks }),
        ),
      );
      const highest = (side: boolean, pick: (marks: (typeof reports)[number]) => number) =>
        Math.min(6, Math.max(0, ...reports.filter(({ byOperator }) => byOperator === side).map(pick)));
      const read = (side: boolean) => highest(side, ({ readSeq }) => readSeq ?? 0);
      const delivered = (side: boolean) => highest(side, ({ deliveredSeq, readSeq }) => Math.max(deliveredSeq ?? 0, readSeq ?? 0));
      expect(await chat.client(clientId)).toMatchObject({
        clientDeliveredSeq: delivered(false),
        clientReadSeq: read(false),
        operatorDeliveredSeq: delivered(true),
        operatorReadSeq: read(true),
        unreadCount: await chat.countUnread(clientId),
      });
      const seen = [1, 2, 3, 4, 5, 6].filter((seq) => seq <= read(seq % 2 === 1));
      expect(await readSeqs(clientId)).toEqual(seen);
    }),
    { numRuns: 15 },
  );
});
