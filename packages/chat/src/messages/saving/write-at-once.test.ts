import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { endChat } from '../../conversations/end-chat.ts';
import { changed, chatFixture, codeOf, image, NOW, text } from '../../testing/chat-fixture.ts';
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

/** How many transactions wrote the client's messages. */
async function countTransactions(...clientIds: number[]): Promise<number> {
  const [row] = await chat.db.prisma.$queryRaw<{ transactions: number }[]>`
    SELECT count(DISTINCT xmin::text)::int AS transactions FROM "ChatMessage" WHERE "clientId" = ANY(${clientIds}::int[])`;
  return row?.transactions ?? 0;
}

describe('ordinary requests of a group', () => {
  it('of many senders to many clients are written in one transaction, with counters and effects', async () => {
    const [a, b] = await chat.companions();
    const operator = await chat.operator();
    const sentAt = new Date(NOW.getTime() - 5_000);
    const picture = 'https://pictures.example/cat.png';
    const saves = [
      saver.save(a, [text('a1', { sentAt: sentAt.toISOString() }), text('a2')]),
      saver.save(operator, [text('b1', { clientId: b.clientId })]),
      saver.save(operator, [image(picture, { clientId: a.clientId, imageName: 'cat.png', mimeType: 'image/png' })]),
      saver.save(operator, [text('b2', { clientId: b.clientId, senderType: 'CLIENT' })]),
    ];
    const answers = await Promise.all(saves);
    expect(answers.map(({ messages }) => messages.map(({ seq }) => seq))).toEqual([[1, 2], [1], [3], [2]]);
    expect(answers.map(({ effects }) => effects)).toEqual([
      [changed(a, 2, 'messages')],
      [changed(b, 1, 'messages')],
      [changed(a, 3, 'messages')],
      [changed(b, 2, 'messages')],
    ]);
    expect(await countTransactions(a.clientId, b.clientId)).toBe(1);
    const own = { clientId: a.clientId, operatorId: null, savedById: null, sessionId: a.sessionId, savedAt: NOW, updatedAt: NOW };
    const rows = await chat.messages(a.clientId);
    expect(rows[0]).toMatchObject({ ...own, id: answers[0]?.messages[0]?.id, senderType: 'CLIENT', text: 'a1', createdAt: sentAt });
    expect(rows[1]).toMatchObject({ ...own, text: 'a2', createdAt: NOW });
    expect(rows[2]).toMatchObject({
      ...own,
      senderType: 'OPERATOR',
      operatorId: operator.userId,
      messageType: 'IMAGE',
      imageUrl: picture,
      imageName: 'cat.png',
      mimeType: 'image/png',
    });
    expect((await chat.messages(b.clientId))[1]).toMatchObject({
      senderType: 'CLIENT',
      savedById: operator.userId,
      sessionId: b.sessionId,
    });
    expect(await chat.client(a.clientId)).toMatchObject({ lastSeq: 3, unreadCount: 2, lastActivityAt: NOW });
    expect(await chat.client(b.clientId)).toMatchObject({ lastSeq: 2, unreadCount: 1 });
  });

  it('keep their order with requests that are not ordinary', async () => {
    const visitor = await chat.visitor();
    const { id: sessionId } = await chat.db.prisma.chatSession.create({ data: { clientId: visitor.clientId } });
    const path = await chat.upload(visitor);
    const [before, after] = [text('before'), text('after')];
    const answers = await Promise.all([
      saver.save(visitor, [before]),
      saver.save(visitor, [image(path)]),
      saver.save(visitor, [after]),
      saver.save({ ...visitor, sessionId }, [text('on another day')]),
      saver.save(visitor, [before]),
    ]);
    expect(answers.map(({ messages }) => messages[0]?.seq)).toEqual([1, 2, 3, 4, 1]);
    expect(answers.map(({ messages }) => messages[0]?.duplicate)).toEqual([false, false, false, false, true]);
  });

  it('are saved beside requests that are refused', async () => {
    const [fine, ended, stranger] = [await chat.visitor(), await chat.visitor(), await chat.visitor()];
    const [operator, colleague] = [await chat.operator(), await chat.operator('Otto')];
    const [known, theirs] = [text('known'), text('theirs', { clientId: stranger.clientId })];
    await saver.save(stranger, [known]);
    await saver.save(colleague, [theirs]);
    await endChat(chat.ctx, operator, { clientId: ended.clientId });
    const outcomes = await Promise.all([
      codeOf(saver.save(fine, [text('1'), text('2')])),
      codeOf(saver.save(operator, [text('x', { clientId: 99_999_999 })])),
      codeOf(saver.save(stranger, [text('mine')])),
      codeOf(saver.save({ ...stranger, sessionId: fine.sessionId }, [text('x')])),
      codeOf(saver.save(ended, [text('still there')])),
      codeOf(saver.save(operator, [text('x', { clientId: fine.clientId }), text('x', { clientId: 99_999_999 })])),
      codeOf(saver.save(operator, [theirs])),
    ]);
    expect(outcomes).toEqual(['resolved', 'not_found', 'resolved', 'not_found', 'resolved', 'not_found', 'conflict']);
    expect((await chat.messages(fine.clientId)).map((row) => row.text)).toEqual(['1', '2']);
    expect((await chat.messages(stranger.clientId)).map((row) => row.text)).toEqual(['known', 'theirs', 'mine']);
    expect(await chat.client(ended.clientId)).toMatchObject({ status: 'ACTIVE', endedAt: null, lastSeq: 1 });
  });

  it('update when the session was last seen at most every ten seconds', async () => {
    const visitor = await chat.visitor();
    const seen = async () => (await chat.db.prisma.chatSession.findUniqueOrThrow({ where: { id: visitor.sessionId } })).lastSeenAt;
    const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
    chat.now = at(9);
    await saver.save(visitor, [text('soon')]);
    expect(await seen()).toEqual(NOW);
    chat.now = at(11);
    await saver.save(visitor, [text('later')]);
    expect(await seen()).toEqual(at(11));
  });
});
