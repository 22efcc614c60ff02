import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';

import type pg from 'pg';

import { undefinedIfMissing } from '../embedded/if-missing.ts';
import { uploadEntry } from './manifest.ts';
import type { TarEntry } from './tar.ts';

const KEYS_AT_ONCE = 500;

/** The keys that the table `Upload` names, in order, a few hundred at a time. Needs a transaction. */
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
 * The files that the table `Upload` names. A file never changes once it is there, so it may be read after the snapshot; one that is gone (or was never
 * there) is reported and left out.
 *
 * @param folder where the files are
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

/** (A stream of the handle would keep it open beyond `close`.) */
async function* contentOf(file: FileHandle): AsyncGenerator<Buffer> {
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}
