import { mkdtemp, readdir, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createDiskStore, type ImageStore } from './image-store.ts';

let dataDir: string;
let store: ImageStore;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'switchboard-store-'));
  store = createDiskStore(dataDir);
});
afterAll(async () => await rm(dataDir, { recursive: true, force: true }));

const read = async (key: string) => await new Response((await store.get(key))?.stream()).text();
/** Open files of this process below the data folder. */
async function opened(): Promise<string[]> {
  const descriptors = await readdir('/proc/self/fd');
  const paths = await Promise.all(descriptors.map(async (fd) => await readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return paths.filter((path) => path.startsWith(dataDir));
}
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('a stream', () => {
  const LARGE = Buffer.alloc(1_000_000, 'x');

  it('that is not read opens no file', async () => {
    const image = await store.get(await store.put(LARGE, 'png'));
    expect(image?.stream()).toBeInstanceOf(ReadableStream);
    expect(await opened()).toEqual([]);
  });

  it.each<[string, (reader: ReadableStreamDefaultReader, leave: AbortController) => Promise<unknown>]>([
    [
      'is read to its end',
      async (reader) => {
        for (let done = false; !done;) ({ done } = await reader.read());
      },
    ],
    ['is canceled', async (reader) => await reader.cancel()],
    ['has a reader that leaves', async (_reader, leave) => await Promise.resolve(leave.abort())],
  ])('that %s closes its file', async (_what, end) => {
    const leave = new AbortController();
    const reader = (await store.get(await store.put(LARGE, 'png')))?.stream(leave.signal).getReader();
    if (reader === undefined) throw new Error('The image is gone.');
    expect((await reader.read()).done).toBe(false);
    expect(await opened()).toHaveLength(1);
    await end(reader, leave);
    await expect.poll(opened).toEqual([]);
  });

  it('returns every byte, in order', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    const stream = (await store.get(await store.put(bytes, 'png')))?.stream();
    expect(Buffer.from(await new Response(stream).arrayBuffer()).equals(bytes)).toBe(true);
  });
});

describe('the disk store', () => {
  it.each(['22', '0', '77'])('makes folders and files inaccessible to other users, with the umask %s', async (umask) => {
    const folder = await mkdtemp(join(tmpdir(), 'switchboard-modes-'));
    const before = process.umask(Number.parseInt(umask, 8));
    try {
      const key = await createDiskStore(folder).put(Buffer.from('pixels'), 'png');
      const uploads = join(folder, 'uploads');
      expect([await modeOf(uploads), await modeOf(join(uploads, key.slice(0, 2)))]).toEqual(['700', '700']);
      expect(await modeOf(join(uploads, key))).toBe('600');
    } finally {
      process.umask(before);
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('returns what was stored and leaves no temporary file', async () => {
    const key = await store.put(Buffer.from('pixels'), 'png');
    expect(key).toMatch(/^[\da-f]{2}\/[\da-f-]{36}\.png$/);
    expect(await read(key)).toBe('pixels');
    expect((await store.get(key))?.size).toBe(6);
    expect(await readdir(join(dataDir, 'uploads', key.slice(0, 2)))).toEqual([key.slice(3)]);
  });

  it('finds nothing under an unknown key', async () => {
    expect(await store.get('00/00000000-0000-4000-8000-000000000000.png')).toBeUndefined();
    await expect(store.get('../../etc/passwd')).rejects.toThrow('Not a key');
    await expect(store.get('00/../../00000000-0000-4000-8000-0000.png')).rejects.toThrow('Not a key');
  });

  it('removes an image', async () => {
    const key = await store.put(Buffer.from('pixels'), 'png');
    await store.remove(key);
    expect(await store.get(key)).toBeUndefined();
  });
});
