import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { chatFixture, codeOf, image, NOW, text } from '../../testing/chat-fixture.ts';
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

describe('saving is permitted', () => {
  it('to nobody without a token or a session', async () => {
    const visitor = await chat.visitor();
    expect(await codeOf(saver.save(ANONYMOUS, [text('a', { clientId: visitor.clientId })]))).toBe('unauthenticated');
  });

  it('to a visitor in their own conversation only, and only as themselves', async () => {
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

  it('to an operator in every existing conversation', async () => {
    const operator = await chat.operator();
    expect(await codeOf(saver.save(operator, [text('a')]))).toBe('invalid_request');
    expect(await codeOf(saver.save(operator, [text('a', { clientId: 99_999_999 })]))).toBe('not_found');
    expect(await codeOf(saver.save(operator, [text('a', { clientId: Number.MAX_SAFE_INTEGER })]))).toBe('not_found');
    expect(await codeOf(saver.save(operator, [text('a', { clientSocketId: 'nobody' })]))).toBe('not_found');
    expect(await codeOf(saver.save(operator, [text('a', { sessionId: randomUUID() })]))).toBe('not_found');
  });
});

describe('image messages', () => {
  it('store the path of the upload without origin and signature, with its name and type', async () => {
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

  it('must name an upload of the same conversation', async () => {
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
