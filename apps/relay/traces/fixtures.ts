import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Trace } from './scenario.ts';

const FOLDER = join(import.meta.dirname, 'fixtures');
const fileOf = (scenario: string) => join(FOLDER, `${scenario}.json`);

/** What the peers of a scenario received from the reference. */
export async function readFixture(scenario: string): Promise<Trace> {
  return JSON.parse(await readFile(fileOf(scenario), 'utf8')) as Trace;
}

export async function writeFixture(scenario: string, trace: Trace): Promise<void> {
  await writeFile(fileOf(scenario), `${JSON.stringify(trace, null, 2)}\n`);
}
