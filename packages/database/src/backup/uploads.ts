import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';

import type pg from 'pg';

import { undefinedIfMissing } from '../embedded/if-missing.ts';
import { uploadEntry } from './manifest.ts';
import type { TarEntry } from './tar.ts';

const KEYS_AT_ONCE = 500;

/** The keys in the table `Upload`, in order, fetched a few hundred at a time. Call it in a transaction. */
async function* keysOf(client: pg.Client): AsyncGenerator<string> {
  await client.query('DECLARE upload_keys NO SCROLL CURSOR FOR SELECT DISTINCT "storageKey" AS key FROM "Upload" ORDER BY 1');
  for (;;) {
    const { rows } = await client.query<{ key: string }>(`FETCH ${KEYS_AT_ONCE} FROM upload_keys`);
    if (rows.length === 0) break;
    for (const { key } of rows) yield key;
  }
  await client.query('CLOSE upload_keys');
}

/**
 * The files that the table `Upload` references. Files never change, so they may be read after the snapshot. A missing file is reported and left out.
 *
 * @param folder the folder of the upload files
 */
export async function* uploadEntries(client: pg.Client, folder: string, onMissing: (key: string) => void): AsyncGenerator<TarEntry> {
  for await (const key of keysOf(client)) {
    const name = uploadEntry(key);
    const file = name === undefined ? undefined : await open(join(folder, key), 'r').catch(undefinedIfMissing);
    if (name === undefined || file === undefined) {
      onMissing(key);
      continue;
    }
    try {
      const { size } = await file.stat();
      yield { name, size, content: contentOf(file) };
    } finally {
      await file.close();
    }
  }
}

const CHUNK_BYTES = 64 * 1024;

/** (The handle's own read stream would keep it open after `close`.) */
async function* contentOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}
