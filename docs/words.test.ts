import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

import words from './style/words.json' with { type: 'json' };

const ROOT = resolve(import.meta.dirname, '..');
/** The list and its test contain the words. */
const EXCLUDED = /^docs\/(style\/|words\.test\.ts$)/;
const files = execFileSync('git', ['ls-files', '*.ts', '*.tsx', '*.mjs', '*.md'], { cwd: ROOT, encoding: 'utf8' })
  .trim()
  .split('\n')
  // Git also lists files that were removed without a commit.
  .filter((file) => !EXCLUDED.test(file) && existsSync(join(ROOT, file)));

/** The workspace or folder of a file. Remaining uses are counted for each. */
function areaOf(file: string): string {
  const [first = '', second = ''] = file.split('/');
  return ['packages', 'apps'].includes(first) ? `${first}/${second}` : file.includes('/') ? first : '.';
}

/** Uses of a pattern as whole words in code, comments, messages and documents. */
function findUses(pattern: string): { readonly area: string; readonly place: string }[] {
  const expression = new RegExp(`\\b(?:${pattern})\\b`, 'i');
  return files.flatMap((file) =>
    readFileSync(join(ROOT, file), 'utf8')
      .split('\n')
      .flatMap((line, index) => (expression.test(line) ? [{ area: areaOf(file), place: `${file}:${index + 1}` }] : [])),
  );
}

const remaining: Readonly<Record<string, Readonly<Record<string, number>>>> = words.remaining;

describe.each(words.banned)('"$pattern" (instead: $instead)', ({ pattern }) => {
  it('is not used in more places than the list allows', () => {
    const uses = findUses(pattern);
    const areas = [...new Set(uses.map(({ area }) => area))];
    const excess = areas
      .map((area) => ({
        area,
        allowed: remaining[area]?.[pattern] ?? 0,
        places: uses.filter((use) => use.area === area).map(({ place }) => place),
      }))
      .filter(({ allowed, places }) => places.length > allowed);
    expect(excess).toEqual([]);
  });
});

it('the list of remaining uses names only banned words', () => {
  const known = new Set(words.banned.map(({ pattern }) => pattern));
  expect(Object.values(remaining).flatMap((counts) => Object.keys(counts).filter((pattern) => !known.has(pattern)))).toEqual([]);
});
