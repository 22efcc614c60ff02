import { randomUUID } from 'node:crypto';
import { access, chmod, constants, mkdir, open, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A stored image. */
interface StoredImage {
  /** Bytes. */
  readonly size: number;
  /** Opens the file at the first read, and closes it after the last byte, or when `signal` is aborted or the stream is canceled. */
  stream(signal?: AbortSignal): ReadableStream<Uint8Array>;
}

/** Stores images. The image of a key never changes. */
export interface ImageStore {
  /** Stores `bytes`; resolves with their key once they are on disk. */
  put(bytes: Uint8Array, extension: string): Promise<string>;
  /** The image under this key, or undefined when there is none. */
  get(key: string): Promise<StoredImage | undefined>;
  remove(key: string): Promise<void>;
  /** Rejects when images cannot be written, as far as that is known without writing one. */
  requireWritable(): Promise<void>;
}

/** For this user only: other users of the machine must not read what visitors sent. */
export const FOLDER_MODE = 0o700;
export const FILE_MODE = 0o600;

const KEY = /^[0-9a-f]{2}\/[0-9a-f-]{36}\.[a-z]{3,4}$/;
const CHUNK_BYTES = 64 * 1024;

/** The folder of images in a data folder. */
export function uploadsFolder(dataDir: string): string {
  return join(dataDir, 'uploads');
}

/** Files under `<dataDir>/uploads`, in 256 folders. */
export function createDiskStore(dataDir: string): ImageStore {
  const root = uploadsFolder(dataDir);
  const pathOf = (key: string) => {
    if (!KEY.test(key)) throw new Error('Not a key of an image.');
    return join(root, key);
  };
  return {
    async put(bytes, extension) {
      const id = randomUUID();
      const key = `${id.slice(0, 2)}/${id}.${extension}`;
      const path = pathOf(key);
      await makeFolder(root);
      await makeFolder(dirname(path));
      // Written to a temporary file and renamed, so that nobody reads a partial file, even after a power failure.
      const unfinished = `${path}.part`;
      try {
        await writeFile(unfinished, bytes, { flag: 'wx', flush: true, mode: FILE_MODE });
        await rename(unfinished, path);
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      return key;
    },
    async get(key) {
      const path = pathOf(key);
      try {
        const { size } = await stat(path);
        return { size, stream: (signal) => streamOf(path, signal) };
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async remove(key) {
      await rm(pathOf(key), { force: true });
    },
    async requireWritable() {
      await makeFolder(root);
      await access(root, constants.W_OK | constants.X_OK);
    },
  };
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** Sets the mode explicitly, because the umask may have restricted it. */
async function makeFolder(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  if (made !== undefined) await chmod(path, FOLDER_MODE);
}

/** Opens the file at the first read: a HEAD request, or one whose client has disconnected, never reads. */
function streamOf(path: string, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  let file: FileHandle | undefined;
  let over = false;
  const close = async () => {
    over = true;
    signal?.removeEventListener('abort', onAbort);
    const opened = file;
    file = undefined;
    await opened?.close();
  };
  const onAbort = () => void close().catch(() => undefined); // The reader gets the error.
  signal?.addEventListener('abort', onAbort);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          if (signal?.aborted === true) throw new Error('The reader has disconnected.');
          file ??= await open(path, 'r');
          if (over) return await close();
          const { bytesRead, buffer } = await file.read(new Uint8Array(CHUNK_BYTES));
          if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead));
          await close();
          return controller.close();
        } catch (error) {
          await close();
          throw error;
        }
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
}
