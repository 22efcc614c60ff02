import { chmod, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { knownStorageKeys, removeUnusedUploads, SYSTEM, type Context, type UploadPosition } from '@switchboard/chat';
import type { CounterMetric, Metrics } from '@switchboard/telemetry';

import { FILE_MODE, FOLDER_MODE, isMissing, uploadsFolder, type ImageStore } from './image-store.ts';

/** Removes stored images that belong to no message, and makes their folder inaccessible to other users of the machine. Several web servers may run it at the same time. */
export interface UploadSweep {
  /** Removes images that no message has named for 24 hours, rows and files. @throws ChatError `unavailable`, and the signal's reason */
  removeUnused(signal: AbortSignal): Promise<number>;
  /**
   * Checks all files: sets their modes, and removes those older than 24 hours that have no row or are unfinished. When most files have no row it removes none
   * of those, because the folder must belong to another database. @throws ChatError `unavailable`, and the signal's reason
   */
  tidyFolder(signal: AbortSignal): Promise<number>;
}

export interface UploadSweepOptions {
  readonly chat: Pick<Context, 'db' | 'log' | 'clock'>;
  readonly images: Pick<ImageStore, 'remove'>;
  readonly dataDir: string;
  readonly metrics: Metrics;
}

const DAY_MS = 24 * 60 * 60_000;
/** Number of files whose rows are read in one query. */
const BATCH = 200;
const UNFINISHED = '.part';

export function createUploadSweep(options: UploadSweepOptions): UploadSweep {
  return new Sweep(options);
}

class Sweep implements UploadSweep {
  readonly #chat: UploadSweepOptions['chat'];
  readonly #images: UploadSweepOptions['images'];
  readonly #root: string;
  readonly #removed: CounterMetric;

  constructor({ chat, images, dataDir, metrics }: UploadSweepOptions) {
    this.#chat = chat;
    this.#images = images;
    this.#root = uploadsFolder(dataDir);
    this.#removed = metrics.counter(
      'uploads_removed_total',
      'Images removed because no message named them within a day',
      ['why'],
      ['unused', 'no row', 'unfinished'],
    );
  }

  async removeUnused(signal: AbortSignal): Promise<number> {
    const before = new Date(this.#chat.clock().getTime() - DAY_MS);
    let removed = 0;
    let position: UploadPosition | undefined;
    do {
      signal.throwIfAborted();
      const { storageKeys, next } = await removeUnusedUploads(this.#chat, SYSTEM, { before, after: position });
      // A crash here leaves files without rows, which `tidyFolder` removes later.
      for (const key of storageKeys) await this.#images.remove(key);
      removed += storageKeys.length;
      this.#removed.add(storageKeys.length, { why: 'unused' });
      position = next;
    } while (position !== undefined);
    return removed;
  }

  async tidyFolder(signal: AbortSignal): Promise<number> {
    if (!(await this.#setMode(this.#root, FOLDER_MODE))) return 0;
    const [unfinished, old]: [string[], string[]] = [[], []];
    let finished = 0;
    for await (const { key, path } of this.#files()) {
      signal.throwIfAborted();
      if (!path.endsWith(UNFINISHED)) finished += 1;
      if (await this.#isOld(path)) (path.endsWith(UNFINISHED) ? unfinished : old).push(key);
    }
    await this.#removeFiles(unfinished, 'unfinished');
    const lost = await this.#withoutRow(old, signal);
    if (lost.length === 0) return unfinished.length;
    if (2 * lost.length > finished) {
      const fields = { files: finished, withoutRow: lost.length, folder: this.#root };
      this.#chat.log.warn(
        fields,
        'most of the stored images have no row in this database: it seems to be another one, so nothing is removed',
      );
      return unfinished.length;
    }
    await this.#removeFiles(lost, 'no row');
    return unfinished.length + lost.length;
  }

  async *#files(): AsyncGenerator<{ key: string; path: string }> {
    for (const folder of await entriesOf(this.#root)) {
      const inside = join(this.#root, folder.name);
      if (!folder.isDirectory()) continue;
      await this.#setMode(inside, FOLDER_MODE);
      for (const file of await entriesOf(inside)) {
        if (file.isFile()) yield { key: `${folder.name}/${file.name}`, path: join(inside, file.name) };
      }
    }
  }

  /** Whether a file is older than a day. Also sets its mode. */
  async #isOld(path: string): Promise<boolean> {
    if (!(await this.#setMode(path, FILE_MODE))) return false;
    return await stat(path).then(({ mtimeMs }) => mtimeMs < this.#chat.clock().getTime() - DAY_MS, whenMissing(false));
  }

  /** False when the file does not exist. */
  async #setMode(path: string, mode: number): Promise<boolean> {
    const found = await stat(path).catch(whenMissing(undefined));
    if (found === undefined) return false;
    if ((found.mode & 0o777) === mode) return true;
    try {
      await chmod(path, mode);
    } catch (error) {
      this.#chat.log.warn(
        { path, err: error },
        'could not set the mode of a file: other users of this machine may be able to read stored images',
      );
    }
    return true;
  }

  async #withoutRow(keys: readonly string[], signal: AbortSignal): Promise<string[]> {
    const lost: string[] = [];
    for (let from = 0; from < keys.length; from += BATCH) {
      signal.throwIfAborted();
      const some = keys.slice(from, from + BATCH);
      const known = await knownStorageKeys(this.#chat, SYSTEM, some);
      lost.push(...some.filter((key) => !known.has(key)));
    }
    return lost;
  }

  async #removeFiles(keys: readonly string[], why: string): Promise<void> {
    for (const key of keys) await rm(join(this.#root, key), { force: true });
    this.#removed.add(keys.length, { why });
  }
}

async function entriesOf(folder: string) {
  return await readdir(folder, { withFileTypes: true }).catch(whenMissing([]));
}

/** Another web server may have removed it. */
function whenMissing<T>(instead: T): (error: unknown) => T {
  return (error) => {
    if (isMissing(error)) return instead;
    throw error;
  };
}
