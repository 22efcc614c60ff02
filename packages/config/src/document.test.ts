import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { configurationDocument, GROUPS } from './document.ts';
import { VARIABLE_NAMES } from './variables.ts';

it('tells of every variable once', () => {
  const told = Object.values(GROUPS).flatMap((variables) => Object.keys(variables));
  expect(told.toSorted()).toEqual([...VARIABLE_NAMES].toSorted());
});

it('is what docs/configuration.md says (npm run document -w @switchboard/config writes it)', async () => {
  expect(await readFile(join(import.meta.dirname, '../../../docs/configuration.md'), 'utf8')).toBe(configurationDocument());
});
