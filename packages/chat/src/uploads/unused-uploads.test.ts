import { UPLOADS_PATH } from '@switchboard/protocol';
import { expect, it } from 'vitest';

import { SYSTEM } from '../actor.ts';
import { createMessageSaver } from '../messages/saving/message-saver.ts';
import { chatFixture, codeOf, image, NOW } from '../testing/chat-fixture.ts';
import { knownStorageKeys, removeUnusedUploads, type UploadPosition } from './unused-uploads.ts';
import { findUpload } from './uploads.ts';

const chat = chatFixture();
const LATER = new Date(NOW.getTime() + 1);
const idOf = (path: string) => path.slice(UPLOADS_PATH.length);
const isThere = async (path: string) => (await findUpload(chat.ctx, SYSTEM, idOf(path))) !== undefined;

/** Removes every unused upload older than `before`. @returns how many were removed, and in how many steps */
async function removeAll(before: Date): Promise<{ removed: number; steps: number }> {
  let [removed, steps] = [0, 0];
  for (let after: UploadPosition | undefined; ;) {
    const { storageKeys, next } = await removeUnusedUploads(chat.ctx, SYSTEM, { before, after });
    removed += storageKeys.length;
    steps += 1;
    if (next === undefined) return { removed, steps };
    after = next;
  }
}

it('removes old uploads that no message names, and keeps used and recent ones', async () => {
  const [visitor, other] = [await chat.visitor(), await chat.visitor()];
  const [sent, unsent, others] = [await chat.upload(visitor), await chat.upload(visitor), await chat.upload(other)];
  await createMessageSaver(chat.ctx).save(visitor, [image(sent)]);
  expect(await removeAll(NOW)).toEqual({ removed: 0, steps: 1 });
  expect(await removeAll(LATER)).toMatchObject({ removed: 2 });
  expect(await Promise.all([sent, unsent, others].map(isThere))).toEqual([true, false, false]);
});

it('a message that names a removed upload is refused, and the error says to attach it again', async () => {
  const visitor = await chat.visitor();
  const path = await chat.upload(visitor);
  await removeAll(LATER);
  const saving = createMessageSaver(chat.ctx).save(visitor, [image(path)]);
  await expect(saving).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('attach it again') });
  expect(await chat.messages(visitor.clientId)).toEqual([]);
});

it('keeps an upload whose message is being saved', async () => {
  const visitor = await chat.visitor();
  const path = await chat.upload(visitor);
  await chat.db.transact(async (tx) => {
    // The lock that saving takes.
    const { Prisma } = await import('@switchboard/database');
    await tx.query(Prisma.sql`SELECT id FROM "Upload" WHERE id = ${idOf(path)}::uuid FOR KEY SHARE`);
    expect(await removeAll(LATER)).toMatchObject({ removed: 0 });
  });
  expect(await isThere(path)).toBe(true);
});

it('when saving and removing coincide, a message is saved with its image or not at all', async () => {
  const saver = createMessageSaver(chat.ctx);
  const visitors = await Promise.all(Array.from({ length: 12 }, async () => await chat.visitor()));
  const paths = await Promise.all(visitors.map(async (visitor) => await chat.upload(visitor)));
  const outcomes = visitors.map(async (visitor, index) => await codeOf(saver.save(visitor, [image(paths[index] ?? '')])));
  const removing = Promise.all(Array.from({ length: 4 }, async () => await removeAll(LATER)));
  const [codes] = await Promise.all([Promise.all(outcomes), removing]);
  const kept = await Promise.all(paths.map(isThere));
  expect(codes.map((code) => code === 'resolved')).toEqual(kept);
  expect(codes.every((code) => code === 'resolved' || code === 'not_found')).toBe(true);
});

it('examines many uploads in steps, each once', async () => {
  await removeAll(LATER);
  const visitor = await chat.visitor();
  const data = Array.from({ length: 250 }, (_, index) => ({
    clientId: visitor.clientId,
    storageKey: `many ${index}`,
    name: 'x',
    mimeType: 'image/png',
    width: 1,
    height: 1,
    size: 1,
    createdAt: NOW,
  }));
  await chat.db.prisma.upload.createMany({ data });
  expect(await knownStorageKeys(chat.ctx, SYSTEM, ['many 3', 'many 249', 'nothing'])).toEqual(new Set(['many 3', 'many 249']));
  expect(await removeAll(LATER)).toEqual({ removed: 250, steps: 3 });
});
