import { chmod, mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { findUpload, SYSTEM } from '@switchboard/chat';
import { UPLOADS_PATH, type UploadResponse } from '@switchboard/protocol';
import { createMetrics } from '@switchboard/telemetry';
import sharp from 'sharp';
import { beforeAll, beforeEach, expect, it } from 'vitest';

import { saveMessages as save } from '../../requests/handlers/messages.ts';
import { uploadImage as upload } from '../../requests/handlers/uploads.ts';
import { ask, newVisitor, useTestServer, type Person } from '../../testing/test-server.ts';
import { createUploadSweep } from './upload-sweep.ts';

const server = useTestServer();
const DAY_MS = 24 * 60 * 60_000;
/** Never aborted. */
const { signal } = new AbortController();
let png: Uint8Array<ArrayBuffer>;
let visitor: Person;
beforeAll(async () => {
  const orange = { width: 3, height: 2, channels: 3, background: '#c60' } as const;
  png = Uint8Array.from(await sharp({ create: orange }).png().toBuffer());
});
beforeEach(async () => {
  visitor = await newVisitor();
});

/** The sweep of a web server whose clock is ahead by `later`. */
function sweep(later = DAY_MS + 60_000) {
  const { chat, images, config } = server.services;
  const clock = () => new Date(Date.now() + later);
  return createUploadSweep({ chat: { ...chat, clock }, images, dataDir: config.dataDir, metrics: createMetrics('test') });
}

const folder = () => join(server.dataDir, 'uploads');
const files = async () => (await readdir(folder(), { recursive: true })).filter((name) => name.includes('.')).toSorted();
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

/** The image and its file. */
async function uploaded(): Promise<{ imageUrl: string; key: string }> {
  const form = new FormData();
  form.set('file', new File([png], 'lamp.png', { type: 'image/png' }));
  const response = await upload(ask('POST', '/api/chat/uploads', { headers: visitor.headers, body: form }));
  const { imageUrl } = (await response.json()) as UploadResponse;
  const id = new URL(imageUrl, 'https://chat.example').pathname.slice(UPLOADS_PATH.length);
  return { imageUrl, key: (await findUpload(server.services.chat, SYSTEM, id))?.storageKey ?? '' };
}
async function send(imageUrl: string): Promise<number> {
  const message = { messageKey: crypto.randomUUID(), messageType: 'IMAGE', imageUrl };
  return (await save(ask('POST', '/api/chat/messages', { headers: visitor.headers, body: { messages: [message] } }))).status;
}
/** Another file of the same age in the folder. */
async function strayFile(name: string, ageMs: number): Promise<string> {
  await mkdir(join(folder(), '00'), { recursive: true });
  const path = join(folder(), '00', name);
  await writeFile(path, 'left over');
  const then = new Date(Date.now() - ageMs);
  await utimes(path, then, then);
  return `00/${name}`;
}

it('removes an image that no message names after a day, row and file, and keeps one that was sent', async () => {
  const [sent, unsent] = [await uploaded(), await uploaded()];
  expect(await send(sent.imageUrl)).toBe(200);
  expect(await sweep(DAY_MS - 60_000).removeUnused(signal)).toBe(0);
  expect(await files()).toEqual([sent.key, unsent.key].toSorted());
  expect(await sweep().removeUnused(signal)).toBe(1);
  expect(await files()).toEqual([sent.key]);
  expect(await send(unsent.imageUrl)).toBe(404);
  expect(await server.services.db.prisma.upload.count()).toBe(1);
});

it('two web servers at the same time remove each image once', async () => {
  for (let count = 0; count < 5; count += 1) await uploaded();
  const counts = await Promise.all([sweep().removeUnused(signal), sweep().removeUnused(signal), sweep().removeUnused(signal)]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(5);
  expect(await server.services.db.prisma.upload.count()).toBe(1);
});

it('removes files without a row and unfinished files after a day, and no file with a row', async () => {
  const kept = await files();
  for (let count = 0; count < 4; count += 1) {
    const { imageUrl, key } = await uploaded();
    expect(await send(imageUrl)).toBe(200);
    kept.push(key);
  }
  const young = await strayFile('young.png', 0);
  const youngPart = await strayFile('young.png.part', 0);
  await strayFile('old.png', 2 * DAY_MS);
  await strayFile('old.png.part', 2 * DAY_MS);
  expect(await sweep(0).tidyFolder(signal)).toBe(2);
  expect(await files()).toEqual([...kept, young, youngPart].toSorted());
  // All are old enough now.
  expect(await sweep().tidyFolder(signal)).toBe(2);
  expect(await files()).toEqual(kept.toSorted());
});

it('removes no files when most of them have no row, which means another database', async () => {
  const there = await files();
  const strays = await Promise.all(there.map(async (_file, index) => await strayFile(`foreign ${index}.png`, 2 * DAY_MS)));
  strays.push(await strayFile('foreign.png', 2 * DAY_MS));
  expect(await sweep().tidyFolder(signal)).toBe(0);
  expect(await files()).toEqual([...there, ...strays].toSorted());
});

it('restricts the modes of folders and files of an earlier version', async () => {
  const { key } = await uploaded();
  const paths = [folder(), join(folder(), key.slice(0, 2)), join(folder(), key)];
  for (const path of paths.slice(0, 2)) await chmod(path, 0o755);
  await chmod(join(folder(), key), 0o644);
  await sweep(0).tidyFolder(signal);
  expect(await Promise.all(paths.map(modeOf))).toEqual(['700', '700', '600']);
});

it('stops when it is aborted, and removes the rest at the next run', async () => {
  const { key } = await uploaded();
  const stopped = AbortSignal.abort(new Error('The process stops.'));
  const sweeping = sweep();
  await expect(sweeping.removeUnused(stopped)).rejects.toThrow('The process stops.');
  await expect(sweeping.tidyFolder(stopped)).rejects.toThrow('The process stops.');
  expect(await files()).toContain(key);
  await sweeping.removeUnused(signal);
  expect(await files()).not.toContain(key);
});
