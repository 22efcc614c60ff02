import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { CLIENT_MUTANTS } from './client-mutants.ts';
import { PEOPLE_MUTANTS } from './people-mutants.ts';
import { SERVER_MUTANTS } from './server-mutants.ts';

const ROOT = join(import.meta.dirname, '../../..');

it.each([...CLIENT_MUTANTS, ...SERVER_MUTANTS, ...PEOPLE_MUTANTS].map((mutant) => [mutant.name, mutant] as const))(
  '“%s” still finds what it breaks, once',
  async (_name, { edits }) => {
    for (const { file, find } of edits) expect((await readFile(join(ROOT, file), 'utf8')).split(find).length - 1, file).toBe(1);
  },
);
