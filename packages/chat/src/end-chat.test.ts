import { expect, it } from 'vitest';

import { endChat } from './end-chat.ts';
import { createMessageSaver } from './save-messages/message-saver.ts';
import { chatFixture, NOW, text } from './testing/chat-fixture.ts';

const chat = chatFixture();

it('ends a conversation once, by the visitor or an operator, and keeps everything', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  await createMessageSaver(chat.ctx).save(visitor, [text('a')]);
  expect(await endChat(chat.ctx, visitor)).toEqual({ endedAt: NOW.toISOString(), address: visitor.sessionId });
  chat.now = new Date(NOW.getTime() + 1_000);
  expect((await endChat(chat.ctx, operator, { clientId: visitor.clientId })).endedAt).toBe(NOW.toISOString());
  expect(await chat.client(visitor.clientId)).toMatchObject({ status: 'ENDED', endedAt: NOW, unreadCount: 1, lastSeq: 1 });
  expect(await chat.db.prisma.chatSession.findUnique({ where: { id: visitor.sessionId } })).toMatchObject({ endedAt: NOW });
  expect(await chat.messages(visitor.clientId)).toHaveLength(1);
});
