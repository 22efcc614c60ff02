import { z } from 'zod';

import { type DataDir, readJson, writeAtomically } from './data-dir.ts';

const lastBackup = z.object({ file: z.string(), at: z.iso.datetime() });

/** The last backup that the `backup` command made of this installation. */
export interface LastBackup {
  readonly file: string;
  readonly at: Date;
}

/** Records that a backup was made; `doctor` reads it. */
export async function noteBackup({ lastBackup }: DataDir, { file, at }: LastBackup): Promise<void> {
  await writeAtomically(lastBackup, `${JSON.stringify({ file, at: at.toISOString() })}\n`);
}

/** Undefined when no backup was made or its record can't be read. */
export async function readLastBackup(dataDir: DataDir): Promise<LastBackup | undefined> {
  const known = lastBackup.safeParse(await readJson(dataDir.lastBackup));
  return known.success ? { file: known.data.file, at: new Date(known.data.at) } : undefined;
}
