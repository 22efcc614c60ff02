import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { packageFolder } from './binaries.ts';
import { undefinedIfMissing } from './if-missing.ts';

/** The major version of the embedded PostgreSQL of this version of Switchboard. */
function embeddedMajor(): number {
  return Number.parseInt(packageFolder().version, 10);
}

/** The major version of the PostgreSQL that made a cluster's files; undefined when there are none. */
async function majorOf(dataFolder: string): Promise<number | undefined> {
  const content = await readFile(join(dataFolder, 'PG_VERSION'), 'utf8').catch(undefinedIfMissing);
  return content === undefined ? undefined : Number.parseInt(content, 10);
}

/** What is wrong with a cluster's files for this version, and the way out, in a sentence each; undefined when they fit, or there are none. */
export async function otherMajor(dataFolder: string): Promise<{ readonly problem: string; readonly advice: string } | undefined> {
  const made = await majorOf(dataFolder);
  if (made === undefined) return undefined;
  const own = embeddedMajor();
  if (made === own) return undefined;
  return {
    problem: `${dataFolder} was made by PostgreSQL ${made}, and this version of Switchboard brings PostgreSQL ${own}, which can't read it`,
    advice:
      'Make a backup with the version of Switchboard that ran before, move that folder aside, and restore the backup with this version: see "A new major version of PostgreSQL" in docs/backup.md.',
  };
}
