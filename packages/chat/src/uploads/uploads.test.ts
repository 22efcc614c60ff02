import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import { SYSTEM } from '../actor.ts';
import { chatFixture } from '../testing/chat-fixture.ts';
import { findEarlierUpload, findUpload, recordUpload } from './uploads.ts';

const chat = chatFixture();
const PICTURE = { storageKey: 'ab/cd', name: 'cat.png', mimeType: 'image/png', width: 10, height: 20, size: 30 };

it('records the conversation of an image and who uploaded it', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const own = await recordUpload(chat.ctx, visitor, PICTURE);
  expect(await findUpload(chat.ctx, SYSTEM, own.row.id)).toMatchObject({ ...PICTURE, clientId: visitor.clientId, uploadedById: null });
  const theirs = await recordUpload(chat.ctx, operator, { ...PICTURE, clientId: visitor.clientId });
  expect(await findUpload(chat.ctx, SYSTEM, theirs.row.id.toUpperCase())).toMatchObject({
    clientId: visitor.clientId,
    uploadedById: operator.userId,
  });
});

it('finds nothing for an unknown or malformed id', async () => {
  expect(await findUpload(chat.ctx, SYSTEM, randomUUID())).toBeUndefined();
  expect(await findUpload(chat.ctx, SYSTEM, '../../etc/passwd')).toBeUndefined();
});

it('answers a retry with the same key with the first upload, also when both arrive at once', async () => {
  const visitor = await chat.visitor();
  const uploadKey = randomUUID();
  expect(await findEarlierUpload(chat.ctx, visitor, { uploadKey })).toBeUndefined();
  const tries = await Promise.all(
    ['first', 'second', 'third'].map(async (storageKey) => await recordUpload(chat.ctx, visitor, { ...PICTURE, storageKey, uploadKey })),
  );
  expect(tries.filter(({ created }) => created)).toHaveLength(1);
  expect(new Set(tries.map(({ row }) => row.storageKey)).size).toBe(1);
  expect(await findEarlierUpload(chat.ctx, visitor, { uploadKey: uploadKey.toUpperCase() })).toEqual(tries[0]?.row);
});

it('a key finds no image of another conversation, the other side or another operator', async () => {
  const [visitor, stranger] = [await chat.visitor(), await chat.visitor()];
  const [operator, colleague] = [await chat.operator(), await chat.operator()];
  const uploadKey = randomUUID();
  await recordUpload(chat.ctx, operator, { ...PICTURE, uploadKey, clientId: visitor.clientId });
  const { clientId } = visitor;
  expect(await findEarlierUpload(chat.ctx, operator, { clientId, uploadKey })).toBeDefined();
  expect(await findEarlierUpload(chat.ctx, visitor, { uploadKey })).toBeUndefined();
  expect(await findEarlierUpload(chat.ctx, stranger, { uploadKey })).toBeUndefined();
  expect(await findEarlierUpload(chat.ctx, colleague, { clientId, uploadKey })).toBeUndefined();
});
