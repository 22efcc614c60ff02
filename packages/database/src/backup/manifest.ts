import { z } from 'zod';

import { BackupError } from './errors.ts';

/** Grows when an older Switchboard could no longer read what a newer one writes. */
export const FORMAT = 1;

// Names of the entries, in their order. `tables/<table>/<number>` holds rows in PostgreSQL's text format of COPY, `uploads/<key>` a file.
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
  /** Of Switchboard. */
  version: z.string(),
  /** ISO-8601, UTC. */
  createdAt: z.string(),
  /** Of PostgreSQL. */
  server: z.string(),
  /** Names of the migrations that make the schema that the rows fit, in their order. */
  migrations: z.array(z.string().regex(/^[\w-]+$/)).min(1),
  tables: z.array(table).min(1),
  /** The last number that each sequence has given. */
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

/** What a backup is of: the first thing in it. */
export type Manifest = z.infer<typeof manifest>;
/** A table and its columns, in the order of the values in its rows. */
export type TableShape = z.infer<typeof table>;
/** What a backup held: the last thing in it. */
export type End = z.infer<typeof end>;
/** What signs tokens and sessions. The password of the embedded database is not part of it: that belongs to the files of one database. */
export type BackupSecrets = z.infer<typeof secrets>;

/**
 * Reads the manifest.
 *
 * @throws BackupError when a newer Switchboard made it, Error when it is none
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

/** Where in the archive a file of this key is; undefined for a key that is no plain relative path. */
export function uploadEntry(key: string): string | undefined {
  const plain = key.length <= 90 && key.split('/').every((part) => /^[\w-][\w.-]*$/.test(part));
  return plain ? `${UPLOADS}${key}` : undefined;
}
