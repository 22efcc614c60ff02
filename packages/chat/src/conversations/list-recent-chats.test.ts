import { expect, it } from 'vitest';

import { adoptSession } from '../visitors/adopt-session.ts';
import { endChat } from './end-chat.ts';
import { listRecentChats } from './list-recent-chats.ts';
import { createMessageSaver } from '../messages/saving/message-saver.ts';
import { startSession } from '../visitors/start-session.ts';
import { chatFixture, image, NOW, text } from '../testing/chat-fixture.ts';

const chat = chatFixture();

it('lists conversations by their newest activity with the newest message and what is unread', async () => {
  const operator = await chat.operator('Olga');
  const saver = createMessageSaver(chat.ctx);
  const at = (minutes: number) => {
    chat.now = new Date(NOW.getTime() + minutes * 60_000);
  };
  const silent = await chat.visitor('silent');
  at(1);
  const form = { username: 'Vera', phone: '1', email: 'v@example.org', pageUrl: 'https://shop.example/' };
  const started = await startSession(chat.ctx, { kind: 'anonymous' }, form);
  const vera = { kind: 'visitor', clientId: started.clientId, sessionId: started.sessionId } as const;
  const old = await adoptSession(chat.ctx, operator, { clientSocketId: 'sock-1', username: 'Old' });
  at(2);
  await saver.save(vera, [text('a'), text('b')]);
  at(3);
  await saver.save(operator, [text('hello', { clientId: old.clientId })]);
  at(4);
  await saver.save(vera, [image(await chat.upload(vera))]);
  await endChat(chat.ctx, silent);

  const chats = await listRecentChats(chat.ctx, operator);
  expect(
    chats.map(({ client, lastMessage, unreadCount }) => [client.username, lastMessage?.text ?? null, lastMessage?.seq, unreadCount]),
  ).toEqual([
    ['Vera', null, 3, 3],
    ['Old', 'hello', 1, 0],
    ['silent', null, undefined, 0],
  ]);
  expect(chats[0]).toMatchObject({
    client: {
      id: vera.clientId,
      username: 'Vera',
      phone: '1',
      email: 'v@example.org',
      status: 'ACTIVE',
      address: vera.sessionId,
      pageUrl: 'https://shop.example/',
      createdAt: new Date(NOW.getTime() + 60_000).toISOString(),
      endedAt: null,
    },
    lastMessage: { messageType: 'IMAGE', imageUrl: expect.stringMatching(/\?signed$/), imageWidth: 640 },
    lastActivityAt: chat.now.toISOString(),
  });
  expect(chats[1]).toMatchObject({ client: { address: 'sock-1' }, lastMessage: { operatorName: 'Olga', operatorId: operator.userId } });
  expect(chats[2]).toMatchObject({ client: { status: 'ENDED', endedAt: chat.now.toISOString() }, lastMessage: null });
});

it('leaves out a picture that is in its message as a whole, and keeps a URL', async () => {
  const operator = await chat.operator();
  const visitor = await chat.visitor('with a picture');
  const { messages } = await createMessageSaver(chat.ctx).save(visitor, [text('a picture')]);
  const where = { id: messages[0]?.id ?? 0 };
  const shown = async (imageUrl: string) => {
    await chat.db.prisma.chatMessage.update({ where, data: { messageType: 'IMAGE', text: null, imageUrl } });
    return (await listRecentChats(chat.ctx, operator)).find(({ client }) => client.id === visitor.clientId)?.lastMessage;
  };
  expect(await shown(`data:image/png;base64,${'A'.repeat(3_000_000)}`)).toMatchObject({ messageType: 'IMAGE', imageUrl: null });
  expect(await shown('https://cdn.example/a.png')).toMatchObject({ messageType: 'IMAGE', imageUrl: 'https://cdn.example/a.png' });
});

it('pages on from the last row, also among conversations of the same instant', async () => {
  const operator = await chat.operator();
  chat.now = new Date(NOW.getTime() + 10 * 60_000);
  for (let index = 0; index < 7; index += 1) await chat.visitor(`same ${index}`);
  const all = await listRecentChats(chat.ctx, operator);
  const paged: typeof all = [];
  for (;;) {
    const last = paged.at(-1);
    const before = last === undefined ? undefined : { lastActivityAt: last.lastActivityAt, id: last.client.id };
    const page = await listRecentChats(chat.ctx, operator, { limit: 3, before });
    if (page.length === 0) break;
    expect(page.length).toBeLessThanOrEqual(3);
    paged.push(...page);
  }
  expect(paged).toEqual(all);
});

it('counts no more than a hundred unread messages, and shows the newest one', async () => {
  const [operator, visitor] = [await chat.operator(), await chat.visitor()];
  const saver = createMessageSaver(chat.ctx);
  chat.now = new Date(NOW.getTime() + 20 * 60_000);
  for (let batch = 0; batch < 5; batch += 1)
    await saver.save(
      visitor,
      Array.from({ length: 100 }, () => text('x')),
    );
  const [chats] = [await listRecentChats(chat.ctx, operator, { limit: 1 })];
  expect(chats).toMatchObject([{ client: { id: visitor.clientId }, unreadCount: 100, lastMessage: { seq: 500 } }]);
});
