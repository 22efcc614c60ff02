import { expect, it } from 'vitest';

import { adoptSession } from './adopt-session.ts';
import { chatFixture, codeOf } from '../testing/chat-fixture.ts';

const chat = chatFixture();

it('creates one conversation for an address, however many operators ask at the same time', async () => {
  const operators = [await chat.operator(), await chat.operator()];
  const asked = Array.from(
    { length: 12 },
    async (_, index) => await adoptSession(chat.ctx, operators[index % 2]!, { clientSocketId: 'AbC-_1', username: `Old ${index}` }),
  );
  const answers = await Promise.all(asked);
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(await chat.db.prisma.client.count({ where: { username: { startsWith: 'Old' } } })).toBe(1);
  expect(await adoptSession(chat.ctx, operators[0]!, { clientSocketId: 'AbC-_1', username: 'Later' })).toEqual(answers[0]);
});

it('treats addresses that differ in case as different', async () => {
  const operator = await chat.operator();
  const [a, b] = [
    await adoptSession(chat.ctx, operator, { clientSocketId: 'xyz', username: 'a' }),
    await adoptSession(chat.ctx, operator, { clientSocketId: 'xyZ', username: 'b' }),
  ];
  expect(a.clientId).not.toBe(b.clientId);
});

it('answers the existing session for the address of a visitor who has one', async () => {
  const visitor = await chat.visitor('Vera');
  const answer = await adoptSession(chat.ctx, await chat.operator(), { clientSocketId: visitor.sessionId, username: 'x' });
  expect(answer).toEqual({ clientId: visitor.clientId, sessionId: visitor.sessionId, username: 'Vera' });
});

it('refuses everybody but operators', async () => {
  const input = { clientSocketId: 'never', username: 'x' };
  expect(await codeOf(adoptSession(chat.ctx, { kind: 'anonymous' }, input))).toBe('unauthenticated');
  expect(await codeOf(adoptSession(chat.ctx, await chat.visitor(), input))).toBe('forbidden');
  expect(await chat.db.prisma.chatSession.count({ where: { clientSocketId: 'never' } })).toBe(0);
});
