import { randomUUID } from 'node:crypto';

import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';

import { saveMessages as save } from '../server/requests/handlers/messages.ts';
import { installServices } from '../server/services/services.ts';
import { ask, closedLimits, newOperator, newVisitor, text, useTestServer, type Person } from '../server/testing/test-server.ts';
import { getChatHistoryAction, getRecentChatsAction, markMessagesAsReadAction, saveChatMessageAction } from './chat.ts';

const browser = vi.hoisted(() => ({ headers: new Headers() }));
vi.mock('next/headers', () => ({ headers: async () => await Promise.resolve(browser.headers) }));

const server = useTestServer();
let operator: Person;
let visitor: Person;
beforeAll(async () => {
  operator = await newOperator(server.services, 'Maya');
});
beforeEach(async () => {
  browser.headers = new Headers(operator.headers);
  visitor = await newVisitor('Ann');
});
const visitorSays = async (...words: string[]) =>
  await save(ask('POST', '/api/chat/messages', { headers: visitor.headers, body: { messages: words.map((word) => text(word)) } }));

describe('saveChatMessageAction', () => {
  it('takes the input of the original guide and resolves with the saved message', async () => {
    const message = await saveChatMessageAction({
      clientId: visitor.id,
      senderType: 'OPERATOR',
      operatorId: 999,
      messageType: 'TEXT',
      text: 'Test message',
    });
    expect(message).toMatchObject({
      id: expect.any(Number),
      text: 'Test message',
      clientId: visitor.id,
      operatorId: operator.id,
      operatorName: 'Maya',
      seq: 1,
    });
  });

  it('saves on behalf of a visitor and records the operator', async () => {
    const message = await saveChatMessageAction({
      clientId: visitor.id,
      senderType: 'CLIENT',
      messageType: 'TEXT',
      text: 'Hello from long ago',
      clientSocketId: undefined,
      sessionId: visitor.sessionId,
    });
    expect(message).toMatchObject({ senderType: 'CLIENT', operatorId: null });
    expect(await server.services.db.prisma.chatMessage.findUniqueOrThrow({ where: { id: message.id } })).toMatchObject({
      savedById: operator.id,
    });
  });

  it('saves a repeat with the same key once', async () => {
    const input = { clientId: visitor.id, senderType: 'OPERATOR', messageType: 'TEXT', text: 'once', messageKey: randomUUID() } as const;
    expect(await saveChatMessageAction(input)).toEqual(await saveChatMessageAction(input));
    expect(await getChatHistoryAction({ clientId: visitor.id })).toHaveLength(1);
  });
});

describe('getChatHistoryAction', () => {
  it('resolves with the newest messages, oldest first', async () => {
    await visitorSays('one', 'two', 'three');
    const history = await getChatHistoryAction({ clientId: visitor.id, limit: 2 });
    expect(history.map((message) => message.text)).toEqual(['two', 'three']);
  });
});

describe('getRecentChatsAction', () => {
  it('lists conversations with their last message and unread count', async () => {
    await visitorSays('one', 'two');
    const [newest] = await getRecentChatsAction();
    expect(newest).toMatchObject({
      client: { id: visitor.id, username: 'Ann', phone: null, status: 'ACTIVE' },
      lastMessage: { text: 'two' },
      unreadCount: 2,
    });
  });
});

describe('markMessagesAsReadAction', () => {
  it('resolves with the number of messages that became read', async () => {
    await visitorSays('one', 'two');
    expect(await markMessagesAsReadAction({ clientId: visitor.id, operatorId: operator.id })).toBe(2);
    expect(await markMessagesAsReadAction({ clientId: visitor.id })).toBe(0);
    expect(
      await server.services.db.prisma.chatMessage.count({ where: { clientId: visitor.id, isRead: true, readAt: { not: null } } }),
    ).toBe(2);
  });
});

describe('every action', () => {
  const calls = () =>
    [
      async () => await saveChatMessageAction({ clientId: visitor.id, senderType: 'OPERATOR', messageType: 'TEXT', text: 'x' }),
      async () => await getChatHistoryAction({ clientId: visitor.id }),
      async () => await getRecentChatsAction(),
      async () => await markMessagesAsReadAction({ clientId: visitor.id }),
    ] as const;

  it('refuses callers without a session, also visitors with a token, with the code in the digest', async () => {
    for (const headers of [visitor.headers, {}]) {
      browser.headers = new Headers(headers);
      for (const call of calls())
        await expect(call()).rejects.toMatchObject({ code: 'unauthenticated', digest: 'switchboard:unauthenticated' });
    }
  });

  it('serves operators and administrators, and no other action is exported', async () => {
    const admin = await newOperator(server.services, 'Grace', 'ADMIN');
    for (const { headers } of [operator, admin]) {
      browser.headers = new Headers(headers);
      const answers = await Promise.all(calls().map(async (call) => await call()));
      expect(answers).not.toContain(undefined);
    }
    const exported = Object.keys(await import('./chat.ts')).filter((name) => name.endsWith('Action'));
    expect(exported).toHaveLength(calls().length);
  });

  it('is rate limited', async () => {
    installServices({ ...server.services, limits: closedLimits() });
    for (const call of calls()) await expect(call()).rejects.toMatchObject({ digest: 'switchboard:rate_limited' });
    installServices(server.services);
  });

  it('refuses invalid input', async () => {
    const clientId = '1; DROP TABLE' as unknown as number;
    await expect(getChatHistoryAction({ clientId })).rejects.toMatchObject({ digest: 'switchboard:invalid_request' });
    await expect(markMessagesAsReadAction({ clientId })).rejects.toMatchObject({ digest: 'switchboard:invalid_request' });
    await expect(
      saveChatMessageAction({ clientId: visitor.id, senderType: 'OPERATOR', messageType: 'TEXT', text: ' ' }),
    ).rejects.toMatchObject({
      digest: 'switchboard:invalid_request',
    });
    await expect(getChatHistoryAction({ clientId: 999_999 })).rejects.toMatchObject({ digest: 'switchboard:not_found' });
  });
});
