import { mkdtemp, readdir, rm } from 'node:fs/promises';
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

describe('the disk store', () => {
  it('gives back what it was given and leaves nothing unfinished', async () => {
    const key = await store.put(Buffer.from('pixels'), 'png');
    expect(key).toMatch(/^[\da-f]{2}\/[\da-f-]{36}\.png$/);
    expect(await new Response(await store.get(key)).text()).toBe('pixels');
    expect(await readdir(join(dataDir, 'uploads', key.slice(0, 2)))).toEqual([key.slice(3)]);
  });

  it('has nothing under a key that it did not make', async () => {
    expect(await store.get('00/00000000-0000-4000-8000-000000000000.png')).toBeUndefined();
    await expect(store.get('../../etc/passwd')).rejects.toThrow('no key');
    await expect(store.get('00/../../00000000-0000-4000-8000-0000.png')).rejects.toThrow('no key');
  });

  it('forgets what it is told to', async () => {
    const key = await store.put(Buffer.from('pixels'), 'png');
    await store.remove(key);
    expect(await store.get(key)).toBeUndefined();
  });
});
