import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { SYSTEM, type VisitorActor, type OperatorActor } from '../actor.ts';
import { endChat } from '../conversations/end-chat.ts';
import { readEpoch } from '../installation/read-epoch.ts';
import { readPage } from './read-page.ts';
import { createMessageSaver } from './saving/message-saver.ts';
import { chatFixture, codeOf, image, NOW, text } from '../testing/chat-fixture.ts';

const chat = chatFixture();
const TOTAL = 25;
let visitor: VisitorActor;
let operator: OperatorActor;

beforeAll(async () => {
  visitor = await chat.visitor();
  operator = await chat.operator('Olga');
  const saver = createMessageSaver(chat.ctx);
  const other = await chat.visitor();
  for (let seq = 1; seq <= TOTAL; seq += 1) {
    // Sent in the opposite order: pages depend on the number alone.
    const sentAt = new Date(NOW.getTime() - seq * 1_000).toISOString();
    await saver.save(seq % 2 === 0 ? operator : visitor, [text(`m${seq}`, { clientId: visitor.clientId, sentAt })]);
    await saver.save(other, [text('somebody else')]);
  }
});

const read = async (query: { afterSeq?: number; beforeSeq?: number; limit: number }) => {
  const page = await readPage(chat.ctx, visitor, query);
  return { seqs: page.messages.map(({ seq }) => seq), hasMore: page.hasMore, lastSeq: page.lastSeq };
};
const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);

describe('a page', () => {
  it('is ordered from old to new, and says whether there is more in its direction', async () => {
    expect(await read({ limit: 10 })).toEqual({ seqs: range(16, 25), hasMore: true, lastSeq: TOTAL });
    expect(await read({ beforeSeq: 16, limit: 10 })).toEqual({ seqs: range(6, 15), hasMore: true, lastSeq: TOTAL });
    expect(await read({ beforeSeq: 6, limit: 10 })).toEqual({ seqs: range(1, 5), hasMore: false, lastSeq: TOTAL });
    expect(await read({ afterSeq: 0, limit: 10 })).toEqual({ seqs: range(1, 10), hasMore: true, lastSeq: TOTAL });
    expect(await read({ afterSeq: 20, limit: 10 })).toEqual({ seqs: range(21, 25), hasMore: false, lastSeq: TOTAL });
    expect(await read({ afterSeq: 25, limit: 10 })).toEqual({ seqs: [], hasMore: false, lastSeq: TOTAL });
    expect(await read({ afterSeq: Number.MAX_SAFE_INTEGER, limit: 10 })).toEqual({ seqs: [], hasMore: false, lastSeq: TOTAL });
    expect(await read({ beforeSeq: Number.MAX_SAFE_INTEGER, limit: 2 })).toEqual({ seqs: [24, 25], hasMore: true, lastSeq: TOTAL });
  });

  it('is the exact slice of all messages for any query', async () => {
    const cursor = fc.option(fc.integer({ min: 0, max: TOTAL + 2 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(cursor, fc.boolean(), fc.integer({ min: 1, max: 30 }), async (at, forward, limit) => {
        const all = range(1, TOTAL);
        const fitting = at === undefined ? all : all.filter((seq) => (forward ? seq > at : seq < at));
        const expected = at !== undefined && forward ? fitting.slice(0, limit) : fitting.slice(-limit);
        const query = at === undefined ? { limit } : forward ? { afterSeq: at, limit } : { beforeSeq: at, limit };
        expect(await read(query)).toEqual({ seqs: expected, hasMore: fitting.length > limit, lastSeq: TOTAL });
      }),
      { numRuns: 60 },
    );
  });

  it('is empty for an empty conversation', async () => {
    const page = await readPage(chat.ctx, await chat.visitor(), { limit: 10 });
    expect(page).toEqual({
      epoch: await readEpoch(chat.ctx, SYSTEM),
      messages: [],
      lastSeq: 0,
      hasMore: false,
      receipts: { clientDeliveredSeq: 0, clientReadSeq: 0, operatorDeliveredSeq: 0, operatorReadSeq: 0 },
      endedAt: null,
    });
  });

  it('is limited in size, and refuses both cursors at once', async () => {
    expect((await read({ limit: 1_000_000 })).seqs).toHaveLength(TOTAL);
    expect((await read({ limit: 0 })).seqs).toHaveLength(1);
    expect(await codeOf(readPage(chat.ctx, visitor, { afterSeq: 1, beforeSeq: 5, limit: 1 }))).toBe('invalid_request');
  });

  it('says when the conversation was ended', async () => {
    const ended = await chat.visitor();
    await endChat(chat.ctx, ended);
    expect((await readPage(chat.ctx, ended, { limit: 1 })).endedAt).toBe(NOW.toISOString());
  });
});

describe('a message', () => {
  it('carries everything a view needs, and the operator’s id for operators only', async () => {
    const [message] = (await readPage(chat.ctx, operator, { clientId: visitor.clientId, afterSeq: 1, limit: 1 })).messages;
    expect(message).toEqual({
      id: expect.any(Number),
      messageKey: expect.stringMatching(/^[0-9a-f-]{36}$/),
      seq: 2,
      clientId: visitor.clientId,
      senderType: 'OPERATOR',
      messageType: 'TEXT',
      text: 'm2',
      imageUrl: null,
      imageName: null,
      mimeType: null,
      imageWidth: null,
      imageHeight: null,
      operatorId: operator.userId,
      operatorName: 'Olga',
      isRead: false,
      readAt: null,
      createdAt: new Date(NOW.getTime() - 2_000).toISOString(),
    });
    const [seen] = (await readPage(chat.ctx, visitor, { afterSeq: 1, limit: 1 })).messages;
    expect(seen).toEqual({ ...message, operatorId: null });
  });

  it('has signed paths and pixels for uploads, and other URLs as they are', async () => {
    const client = await chat.visitor();
    const saver = createMessageSaver(chat.ctx);
    const path = await chat.upload(client);
    await saver.save(client, [image(path)]);
    await saver.save(operator, [image('https://pictures.example/cat.png?x=1', { clientId: client.clientId })]);
    const { messages } = await readPage(chat.ctx, client, { limit: 10 });
    expect(messages.map(({ imageUrl, imageWidth, imageHeight }) => ({ imageUrl, imageWidth, imageHeight }))).toEqual([
      { imageUrl: `${path}?signed`, imageWidth: 640, imageHeight: 480 },
      { imageUrl: 'https://pictures.example/cat.png?x=1', imageWidth: null, imageHeight: null },
    ]);
  });
});
