import { createHash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

import type pg from 'pg';

import { withConnection } from './connect.ts';
import { CopyOut } from './copy.ts';
import { BackupError } from './errors.ts';
import { type BackupSecrets, END, type End, FORMAT, MANIFEST, type Manifest, SECRETS, TABLES, type TableShape } from './manifest.ts';
import { openSnapshot } from './snapshot.ts';
import { copyToSql, NOT_KEPT, readSequences, readShapes } from './tables.ts';
import { TAR_END, tarBytes, type TarEntry } from './tar.ts';
import { uploadEntries } from './uploads.ts';

/** A table's rows are written in parts of about this size, because an archive needs to know the size of each entry in advance. */
export const PART_BYTES = 4 * 1024 * 1024;

/** The options of `writeBackup`. */
export interface BackupOptions {
  /** The URL of the database. */
  readonly url: string;
  /** The version of Switchboard. */
  readonly version: string;
  /** The folder of the upload files. */
  readonly uploads: string;
  /** The names of this version's migrations. A database with others may contain data that this version does not know. */
  readonly knownMigrations: readonly string[];
  /** Secrets to include in the backup. */
  readonly secrets?: BackupSecrets | undefined;
  /** The destination. `writeBackup` ends it. */
  readonly sink: Writable;
}

/** The result of a backup. */
export interface BackupResult {
  readonly rows: End['rows'];
  readonly uploads: End['uploads'];
  /** The keys of uploads with missing files: the first twenty. */
  readonly missing: readonly string[];
  /** The highest number of bytes that were buffered between database and file. */
  readonly peakBytes: number;
}

/**
 * Writes the current contents of the database, and the files that it references, into one archive. It reads in one transaction, so the system may keep
 * running, and buffers only a few blocks, whatever the size.
 *
 * @throws BackupError when there is nothing to back up, or a newer version made it
 */
export async function writeBackup(options: BackupOptions): Promise<BackupResult> {
  return await withConnection(options.url, async (client) => {
    const { tables, migrations } = await openSnapshot(client);
    if (migrations.length === 0) throw new BackupError('There is nothing to back up: the database was never migrated.');
    const unknown = migrations.filter((name) => !options.knownMigrations.includes(name));
    if (unknown.length > 0)
      throw new BackupError(
        `The database was migrated by a newer version of Switchboard (unknown migrations: ${unknown.join(', ')}). Make the backup with that version.`,
      );
    const { rows } = await client.query<{ version: string }>(`SELECT current_setting('server_version') AS version`);
    const manifest: Manifest = {
      product: 'switchboard',
      format: FORMAT,
      version: options.version,
      createdAt: new Date().toISOString(),
      server: rows[0]?.version ?? '',
      migrations: [...migrations],
      tables: await readShapes(
        client,
        tables.filter((table) => !NOT_KEPT.includes(table)),
      ),
      sequences: (await readSequences(client, tables)).map(({ table, column, last }) => ({ table, column, last })),
    };
    const archive = new Archive(client, manifest, options);
    await pipeline(archive.bytes(), createGzip(), options.sink);
    await client.query('COMMIT');
    return archive.result;
  });
}

class Archive {
  readonly #client: pg.Client;
  readonly #manifest: Manifest;
  readonly #options: BackupOptions;
  readonly #rows: Record<string, number> = {};
  readonly #uploads = { files: 0, bytes: 0, missing: 0 };
  readonly #missing: string[] = [];
  #peakBytes = 0;

  constructor(client: pg.Client, manifest: Manifest, options: BackupOptions) {
    this.#client = client;
    this.#manifest = manifest;
    this.#options = options;
  }

  get result(): BackupResult {
    return { rows: this.#rows, uploads: this.#uploads, missing: this.#missing, peakBytes: this.#peakBytes };
  }

  async *bytes(): AsyncGenerator<Buffer> {
    const modified = new Date(this.#manifest.createdAt);
    const hash = createHash('sha256');
    for await (const entry of this.#entries()) {
      for await (const chunk of tarBytes(entry, modified)) {
        hash.update(chunk);
        yield chunk;
      }
    }
    yield* tarBytes(json(END, { sha256: hash.digest('hex'), rows: this.#rows, uploads: this.#uploads } satisfies End), modified);
    yield TAR_END;
  }

  async *#entries(): AsyncGenerator<TarEntry> {
    yield json(MANIFEST, this.#manifest);
    if (this.#options.secrets !== undefined) {
      const { jwtSecret, authSecret } = this.#options.secrets;
      yield json(SECRETS, { jwtSecret, authSecret } satisfies BackupSecrets);
    }
    for (const table of this.#manifest.tables) yield* this.#partsOf(table);
    for await (const entry of uploadEntries(this.#client, this.#options.uploads, (key) => this.#noteMissing(key))) {
      this.#uploads.files += 1;
      this.#uploads.bytes += entry.size;
      yield entry;
    }
  }

  #noteMissing(key: string): void {
    this.#uploads.missing += 1;
    if (this.#missing.length < 20) this.#missing.push(key);
  }

  async *#partsOf(table: TableShape): AsyncGenerator<TarEntry> {
    const copy = new CopyOut(copyToSql(table));
    this.#client.query(copy);
    let [part, size, number, rows]: [Buffer[], number, number, number] = [[], 0, 0, 0];
    const entry = () => {
      const made = { name: `${TABLES}${table.name}/${String((number += 1)).padStart(6, '0')}`, size, content: part };
      [part, size] = [[], 0];
      return made;
    };
    for await (const block of copy.blocks()) {
      rows += countLines(block);
      part.push(block);
      size += block.length;
      this.#peakBytes = Math.max(this.#peakBytes, size + copy.peakBytes);
      if (size >= PART_BYTES) yield entry();
    }
    if (size > 0) yield entry();
    this.#rows[table.name] = rows;
  }
}

/** Counts rows: each ends with a line feed; line feeds within values are escaped as `\n`. */
function countLines(block: Buffer): number {
  let count = 0;
  for (let at = block.indexOf(10); at !== -1; at = block.indexOf(10, at + 1)) count += 1;
  return count;
}

function json(name: string, value: unknown): TarEntry {
  const content = Buffer.from(`${JSON.stringify(value, undefined, 2)}\n`);
  return { name, size: content.length, content: [content] };
}
