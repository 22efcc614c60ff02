import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { packageFolder } from './binaries.ts';
import { undefinedIfMissing } from './if-missing.ts';

/** The major version of this version's embedded PostgreSQL. */
function embeddedMajor(): number {
  return Number.parseInt(packageFolder().version, 10);
}

/** The major version of the PostgreSQL that created a cluster's files; undefined when there are none. */
async function majorOf(dataFolder: string): Promise<number | undefined> {
  const content = await readFile(join(dataFolder, 'PG_VERSION'), 'utf8').catch(undefinedIfMissing);
  return content === undefined ? undefined : Number.parseInt(content, 10);
}

/** The problem and the advice when another major version created a cluster's files; undefined when the versions match or there are no files. */
export async function otherMajor(dataFolder: string): Promise<{ readonly problem: string; readonly advice: string } | undefined> {
  const made = await majorOf(dataFolder);
  if (made === undefined) return undefined;
  const own = embeddedMajor();
  if (made === own) return undefined;
  return {
    problem: `${dataFolder} was created by PostgreSQL ${made}, and this version of Switchboard includes PostgreSQL ${own}, which can't read it`,
    advice:
      'Make a backup with the previous version of Switchboard, move that folder away, and restore the backup with this version: see "A new major version of PostgreSQL" in docs/backup.md.',
  };
}
