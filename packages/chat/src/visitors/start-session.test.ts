import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import { endChat } from '../conversations/end-chat.ts';
import { startSession } from './start-session.ts';
import { chatFixture, codeOf, NOW } from '../testing/chat-fixture.ts';

const chat = chatFixture();
const ANONYMOUS = { kind: 'anonymous' } as const;

it('creates a client and a session with what the visitor entered', async () => {
  const form = { username: 'Vera', phone: '+49 1', email: 'v@example.org', pageUrl: 'https://shop.example/', locale: 'de' };
  const started = await startSession(chat.ctx, ANONYMOUS, form, { userAgent: 'Firefox' });
  expect(started).toMatchObject({ username: 'Vera', resumed: false });
  expect(await chat.client(started.clientId)).toMatchObject({
    username: 'Vera',
    phone: '+49 1',
    email: 'v@example.org',
    status: 'ACTIVE',
    lastSeq: 0,
    unreadCount: 0,
    createdAt: NOW,
    lastActivityAt: NOW,
  });
  expect(await chat.db.prisma.chatSession.findUnique({ where: { id: started.sessionId } })).toMatchObject({
    clientId: started.clientId,
    pageUrl: 'https://shop.example/',
    locale: 'de',
    userAgent: 'Firefox',
    clientSocketId: null,
  });
});

it('everybody who starts without a token gets a new conversation, operators too', async () => {
  const operator = await chat.operator();
  const [a, b, c] = [
    await startSession(chat.ctx, ANONYMOUS, { username: 'Vera' }),
    await startSession(chat.ctx, ANONYMOUS, { username: 'Vera' }),
    await startSession(chat.ctx, operator, { username: 'Vera' }),
  ];
  expect(new Set([a.clientId, b.clientId, c.clientId]).size).toBe(3);
  expect(new Set([a.sessionId, b.sessionId, c.sessionId]).size).toBe(3);
});

it('a visitor with a token or a resume token resumes their conversation', async () => {
  const visitor = await chat.visitor('Vera');
  const same = {
    clientId: visitor.clientId,
    sessionId: visitor.sessionId,
    username: 'Vera',
    resumed: true,
    audience: { teamId: null, assigneeId: null },
  };
  chat.now = new Date(NOW.getTime() + 1_000);
  expect(await startSession(chat.ctx, visitor, { username: 'Somebody', pageUrl: 'https://shop.example/cart' })).toEqual(same);
  expect(await startSession(chat.ctx, ANONYMOUS, { username: 'Somebody' }, { resume: visitor })).toEqual(same);
  const session = await chat.db.prisma.chatSession.findUniqueOrThrow({ where: { id: visitor.sessionId } });
  expect(session).toMatchObject({ lastSeenAt: chat.now, startedAt: NOW, pageUrl: 'https://shop.example/cart' });
});

it('a conversation that has ended, does not exist or is another visitor’s is not resumed: a new one begins if it may', async () => {
  const [ended, other] = [await chat.visitor(), await chat.visitor()];
  await endChat(chat.ctx, ended);
  const wrong = [ended, { ...ended, sessionId: other.sessionId }, { clientId: other.clientId, sessionId: randomUUID() }, undefined];
  const before = await chat.db.prisma.client.count();
  for (const resume of wrong)
    expect(await codeOf(startSession(chat.ctx, ANONYMOUS, { username: 'Vera' }, { resume, mayBegin: false }))).toBe('not_found');
  expect(await codeOf(startSession(chat.ctx, ended, { username: 'Vera' }, { resume: other, mayBegin: false }))).toBe('not_found');
  expect(await chat.db.prisma.client.count()).toBe(before);
  for (const resume of wrong) {
    const started = await startSession(chat.ctx, ANONYMOUS, { username: 'Vera' }, { resume });
    expect(started.resumed).toBe(false);
    expect([ended.clientId, other.clientId]).not.toContain(started.clientId);
  }
});
