import { z } from 'zod';

import { BackupError } from './errors.ts';

/** Increased when an older Switchboard can no longer read the backups of a newer one. */
export const FORMAT = 1;

// The names of the entries, in order. `tables/<table>/<number>` holds rows in the text format of COPY, `uploads/<key>` a file.
export const MANIFEST = 'manifest.json';
export const SECRETS = 'secrets.json';
export const TABLES = 'tables/';
export const UPLOADS = 'uploads/';
export const END = 'end.json';

const count = z.number().int().nonnegative();

const table = z.object({ name: z.string().min(1), columns: z.array(z.string().min(1)).min(1) });

const manifest = z.object({
  product: z.literal('switchboard'),
  format: z.number().int().positive(),
  /** The version of Switchboard. */
  version: z.string(),
  /** ISO-8601, UTC. */
  createdAt: z.string(),
  /** The version of PostgreSQL. */
  server: z.string(),
  /** The names of the migrations that make the schema of the rows, in order. */
  migrations: z.array(z.string().regex(/^[\w-]+$/)).min(1),
  tables: z.array(table).min(1),
  /** The last number that each sequence has given out. */
  sequences: z.array(z.object({ table: z.string(), column: z.string(), last: count })),
});

const end = z.object({
  /** SHA-256 of every byte of the archive before this entry. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Rows by table. */
  rows: z.record(z.string(), count),
  uploads: z.object({ files: count, bytes: count, missing: count }),
});

const secret = z.string().min(32).optional();
const secrets = z.object({ jwtSecret: secret, authSecret: secret });

/** The first entry of a backup: a description of its contents. */
export type Manifest = z.infer<typeof manifest>;
/** A table and its columns, in the order of the values in its rows. */
export type TableShape = z.infer<typeof table>;
/** The last entry of a backup: a checksum and counts. */
export type End = z.infer<typeof end>;
/** The secrets that sign tokens and sessions. The password of the embedded database is not included: it belongs to that database's files. */
export type BackupSecrets = z.infer<typeof secrets>;

/**
 * Reads the manifest.
 *
 * @throws BackupError when a newer Switchboard made it, Error when it is not a manifest
 */
export function parseManifest(text: string): Manifest {
  const value: unknown = JSON.parse(text);
  const head = manifest.pick({ product: true, format: true, version: true }).parse(value);
  if (head.format > FORMAT)
    throw new BackupError(
      `This backup was made by a newer version of Switchboard (${head.version}), in a format that this one can't read. Restore it with that version or a later one.`,
    );
  return manifest.parse(value);
}

export const parseEnd = (text: string): End => end.parse(JSON.parse(text));
export const parseSecrets = (text: string): BackupSecrets => secrets.parse(JSON.parse(text));

/** The name of an upload's entry by its key; undefined for a key that is not a plain relative path. */
export function uploadEntry(key: string): string | undefined {
  const plain = key.length <= 90 && key.split('/').every((part) => /^[\w-][\w.-]*$/.test(part));
  return plain ? `${UPLOADS}${key}` : undefined;
}
