import { open } from 'node:fs/promises';

/** Flushes a folder's entries to disk: without this, a power failure can lose a new file's name although its content was flushed. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
