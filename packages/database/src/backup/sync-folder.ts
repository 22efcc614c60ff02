import { open } from 'node:fs/promises';

/** Brings the names in a folder onto the disk: a file that was written and flushed is lost with its name in a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
