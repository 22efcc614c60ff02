import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';

/** Where images are kept. A key names one for ever; what it names never changes. */
export interface ImageStore {
  /** Keeps `bytes`; resolves with their key once they are safely there. */
  put(bytes: Uint8Array, extension: string): Promise<string>;
  /** The bytes, or undefined when there are none under this key. */
  get(key: string): Promise<ReadableStream<Uint8Array> | undefined>;
  remove(key: string): Promise<void>;
}

const KEY = /^[0-9a-f]{2}\/[0-9a-f-]{36}\.[a-z]{3,4}$/;

/** Files under `<dataDir>/uploads`, spread over 256 folders. */
export function createDiskStore(dataDir: string): ImageStore {
  const root = join(dataDir, 'uploads');
  const pathOf = (key: string) => {
    if (!KEY.test(key)) throw new Error('This is no key of an image.');
    return join(root, key);
  };
  return {
    async put(bytes, extension) {
      const id = randomUUID();
      const key = `${id.slice(0, 2)}/${id}.${extension}`;
      const path = pathOf(key);
      await mkdir(dirname(path), { recursive: true });
      // Written beside and renamed: nobody ever meets half a file, not even after a power cut.
      const unfinished = `${path}.part`;
      try {
        await writeFile(unfinished, bytes, { flag: 'wx', flush: true });
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      return key;
    },
    async get(key) {
      try {
        const file = await open(pathOf(key), 'r');
        return Readable.toWeb(file.createReadStream()) as ReadableStream<Uint8Array>;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async remove(key) {
      await rm(pathOf(key), { force: true });
    },
  };
}
