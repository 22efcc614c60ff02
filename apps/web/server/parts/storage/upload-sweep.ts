import { chmod, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { knownStorageKeys, removeUnusedUploads, type Context, type UploadPosition } from '@switchboard/chat';
import type { CounterMetric, Metrics } from '@switchboard/telemetry';

import { FILE_MODE, FOLDER_MODE, isMissing, uploadsFolder, type ImageStore } from './image-store.ts';

/** Clears away what is stored and belongs to no message, and closes what is stored to other users of the machine. Harmless beside other web servers. */
export interface UploadSweep {
  /** Removes images that no message has named for 24 hours, rows and files. @throws ChatError `unavailable` */
  removeUnused(): Promise<number>;
  /**
   * Goes over all files: sets their modes, and removes those that are older than 24 hours and have no row, or were never finished. Removes none with no
   * row if those are the most: then the folder belongs to another database.
   */
  tidyFolder(): Promise<number>;
  /** Does both from now on: the first every half hour, the second at once and every day. */
  start(): void;
  /** Ends it; resolves when nothing is under way. */
  close(): Promise<void>;
}

export interface UploadSweepOptions {
  readonly chat: Pick<Context, 'db' | 'log' | 'clock'>;
  readonly images: Pick<ImageStore, 'remove'>;
  readonly dataDir: string;
  readonly metrics: Metrics;
}

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const EVERY_MS = HOUR_MS / 2;
/** Files whose rows are asked for together. */
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
  #position: UploadPosition | undefined;
  #tidiedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #closed = false;

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

  async removeUnused(): Promise<number> {
    const before = new Date(this.#chat.clock().getTime() - DAY_MS);
    let removed = 0;
    do {
      const { storageKeys, next } = await removeUnusedUploads(this.#chat, { before, after: this.#position });
      // A process that ends here leaves files without rows, which `tidyFolder` finds.
      for (const key of storageKeys) await this.#images.remove(key);
      removed += storageKeys.length;
      this.#removed.add(storageKeys.length, { why: 'unused' });
      this.#position = next;
    } while (this.#position !== undefined && !this.#closed);
    return removed;
  }

  async tidyFolder(): Promise<number> {
    if (!(await this.#setMode(this.#root, FOLDER_MODE))) return 0;
    const [unfinished, old]: [string[], string[]] = [[], []];
    let finished = 0;
    for await (const { key, path } of this.#files()) {
      if (this.#closed) return 0;
      if (!path.endsWith(UNFINISHED)) finished += 1;
      if (await this.#isOld(path)) (path.endsWith(UNFINISHED) ? unfinished : old).push(key);
    }
    await this.#removeFiles(unfinished, 'unfinished');
    const lost = await this.#withoutRow(old);
    if (lost.length === 0 || this.#closed) return unfinished.length;
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

  start(): void {
    this.#running = this.#round().finally(() => {
      this.#running = undefined;
      if (!this.#closed) this.#timer = setTimeout(() => this.start(), EVERY_MS).unref();
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #round(): Promise<void> {
    try {
      if (performance.now() - this.#tidiedAt >= DAY_MS) {
        this.#tidiedAt = performance.now();
        // From the beginning: rows that were locked when they were looked at have been passed over.
        this.#position = undefined;
        await this.tidyFolder();
      }
      const removed = await this.removeUnused();
      if (removed > 0) this.#chat.log.info({ removed }, 'images removed that no message has named for a day');
    } catch (error) {
      this.#chat.log.warn({ err: error }, 'unused images could not be removed; trying again in half an hour');
    }
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

  /** Whether a file is older than a day. Sets its mode on the way. */
  async #isOld(path: string): Promise<boolean> {
    if (!(await this.#setMode(path, FILE_MODE))) return false;
    return await stat(path).then(({ mtimeMs }) => mtimeMs < this.#chat.clock().getTime() - DAY_MS, whenMissing(false));
  }

  /** False when there is nothing. */
  async #setMode(path: string, mode: number): Promise<boolean> {
    const found = await stat(path).catch(whenMissing(undefined));
    if (found === undefined) return false;
    if ((found.mode & 0o777) === mode) return true;
    try {
      await chmod(path, mode);
    } catch (error) {
      this.#chat.log.warn({ path, err: error }, 'other users of this machine may be able to read stored images: the mode could not be set');
    }
    return true;
  }

  async #withoutRow(keys: readonly string[]): Promise<string[]> {
    const lost: string[] = [];
    for (let from = 0; from < keys.length && !this.#closed; from += BATCH) {
      const some = keys.slice(from, from + BATCH);
      const known = await knownStorageKeys(this.#chat, some);
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
