import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

import { BackupError, DamagedBackupError } from './errors.ts';
import { type BackupSecrets, END, type End, MANIFEST, type Manifest, parseEnd, parseManifest, parseSecrets, SECRETS } from './manifest.ts';
import { readTar, type TarEntry } from './tar.ts';

/** The size limit of entries that are read as a whole: lists of tables and counts. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;

/** A backup that was read to the end and is complete. */
export interface Verified {
  readonly manifest: Manifest;
  readonly end: End;
  readonly secrets: BackupSecrets | undefined;
}

/**
 * Reads a backup to the end to verify it.
 *
 * @throws DamagedBackupError when it differs from what was written, BackupError when a newer version wrote it
 */
export async function verifyBackup(file: string): Promise<Verified> {
  let manifest: Manifest | undefined;
  let secrets: BackupSecrets | undefined;
  let end: End | undefined;
  for await (const entry of readBackup(file)) {
    try {
      if (manifest === undefined && entry.name !== MANIFEST) throw new Error('it does not begin like a backup');
      if (entry.name === MANIFEST) manifest = parseManifest(await textOf(entry));
      if (entry.name === SECRETS) secrets = parseSecrets(await textOf(entry));
      if (entry.name === END) end = parseEnd(await textOf(entry));
    } catch (error) {
      throw damaged(file, error);
    }
  }
  if (manifest === undefined || end === undefined) throw new DamagedBackupError(file, 'it is empty');
  return { manifest, end, secrets };
}

/**
 * The entries of a backup, in order: read an entry's content before requesting the next one. Trust the entries only after the last one: then the checksum
 * over all of them has been compared.
 *
 * @throws DamagedBackupError while reading, or at the end
 */
export async function* readBackup(file: string): AsyncGenerator<TarEntry> {
  const handle = await open(file, 'r');
  const compressed = handle.createReadStream();
  const unpacked = createGunzip();
  compressed.on('error', (error) => unpacked.destroy(error)).pipe(unpacked);
  const hash = createHash('sha256');
  let ended = false;
  try {
    for await (const entry of readTar(unpacked, (name, bytes) => void (name === END || hash.update(bytes)))) {
      if (ended) throw new Error('there is data after its end');
      if (entry.name === END) {
        ended = true;
        const content = await textOf(entry);
        if (parseEnd(content).sha256 !== hash.digest('hex')) throw new Error('its checksum does not match');
        yield { ...entry, content: [Buffer.from(content)] };
      } else yield { ...entry, content: guarded(file, entry.content) };
    }
    if (!ended) throw new Error('it ends too soon');
  } catch (error) {
    throw damaged(file, error);
  } finally {
    unpacked.destroy();
    compressed.destroy();
  }
}

async function* guarded(file: string, content: TarEntry['content']): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of content) yield chunk;
  } catch (error) {
    throw damaged(file, error);
  }
}

async function textOf({ name, size, content }: TarEntry): Promise<string> {
  if (size > MAX_JSON_BYTES) throw new Error(`${name} is too large`);
  const parts: Buffer[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

function damaged(file: string, error: unknown): unknown {
  if (error instanceof BackupError) return error;
  // A failing disk does not mean that the backup is damaged.
  if (error instanceof Error && 'syscall' in error) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new DamagedBackupError(
    file,
    reason.startsWith('it') || reason.startsWith('there') ? reason : 'it is truncated or modified',
    error,
  );
}
