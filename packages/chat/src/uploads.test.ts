import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import { chatFixture } from './testing/chat-fixture.ts';
import { findUpload, recordUpload } from './uploads.ts';

const chat = chatFixture();
const PICTURE = { storageKey: 'ab/cd', name: 'cat.png', mimeType: 'image/png', width: 10, height: 20, size: 30 };

it('keeps whose image it is and who uploaded it', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const own = await recordUpload(chat.ctx, visitor, PICTURE);
  expect(await findUpload(chat.ctx, own.id)).toMatchObject({ ...PICTURE, clientId: visitor.clientId, uploadedById: null });
  const theirs = await recordUpload(chat.ctx, operator, { ...PICTURE, clientId: visitor.clientId });
  expect(await findUpload(chat.ctx, theirs.id.toUpperCase())).toMatchObject({ clientId: visitor.clientId, uploadedById: operator.userId });
});

it('finds nothing under an unknown id or something that is none', async () => {
  expect(await findUpload(chat.ctx, randomUUID())).toBeUndefined();
  expect(await findUpload(chat.ctx, '../../etc/passwd')).toBeUndefined();
});
