import { randomBytes } from 'node:crypto';
import { chmod, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { z } from 'zod';

import { UserError, explainDiskError } from './standalone/user-error.mjs';
import { type DataDir, readJson, writeAtomically } from './data-dir.ts';

const text = z.string().min(32);
const secrets = z.object({ jwtSecret: text, authSecret: text, databasePassword: text });

/** Secrets that an installation generates, 256 random bits each. */
export type Secrets = z.infer<typeof secrets>;

const make = () => randomBytes(32).toString('base64url');
const exists = async (path: string) =>
  await stat(path).then(
    () => true,
    () => false,
  );

/** (A backup does not restore the database's password: it belongs to the database files in place.) */
const ADVICE =
  'Restore it from a copy of the data folder, or restore a backup into a new database: see "When only secrets.json is lost" in docs/backup.md.';

/**
 * The secrets of the data folder, generated when there are none. The caller must hold the folder's lock, or two processes could generate different ones.
 *
 * @throws UserError when they are damaged, or missing although their database exists: new secrets would not open it
 */
export async function ensureSecrets(dataDir: DataDir): Promise<Secrets> {
  const found = await readSecrets(dataDir);
  if (found !== undefined) return found;
  if (await exists(join(dataDir.postgres, 'PG_VERSION')))
    throw new UserError(`${dataDir.secrets} is missing, and without it the database in ${dataDir.postgres} can't be opened. ${ADVICE}`);
  const made = { jwtSecret: make(), authSecret: make(), databasePassword: make() };
  try {
    await writeAtomically(dataDir.secrets, `${JSON.stringify(made, undefined, 2)}\n`);
  } catch (error) {
    throw explainDiskError(error, dataDir.secrets);
  }
  return made;
}

/**
 * The secrets of the data folder, undefined when there are none yet.
 *
 * @throws UserError when they are damaged
 */
export async function readSecrets(dataDir: DataDir): Promise<Secrets | undefined> {
  if (!(await exists(dataDir.secrets))) return undefined;
  const result = secrets.safeParse(await readJson(dataDir.secrets));
  if (!result.success) throw new UserError(`${dataDir.secrets} is damaged. ${ADVICE}`);
  // A copy or an editor may have made the file readable by others.
  if (((await stat(dataDir.secrets)).mode & 0o077) !== 0) await chmod(dataDir.secrets, 0o600);
  return result.data;
}
