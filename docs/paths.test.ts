import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const documents = execFileSync('git', ['ls-files', '*.md'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');

/** The paths in a document: relative links, and code spans that begin with a folder of this repository. Patterns and routes are not paths. */
function pathsIn(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8');
  const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, target = '']) => join(dirname(document), target));
  const code = [...text.matchAll(/`((?:packages|apps|e2e|docs|bench|deploy|tooling)\/[^`\s<>*…]*)`/g)].map(([, path = '']) => path);
  return [...links, ...code];
}

describe.each(documents)('%s', (document) => {
  it('contains only paths that exist', () => {
    expect(pathsIn(document).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});

it('each decision has a number of its own, which its title begins with', () => {
  const records = documents.flatMap((path) => /^docs\/decisions\/(\d{4})-/.exec(path)?.[1] ?? []);
  expect(records).toEqual([...new Set(records)]);
  const wrong = documents.filter((path) => {
    const number = /^docs\/decisions\/(\d{4})-/.exec(path)?.[1];
    return number !== undefined && !readFileSync(join(ROOT, path), 'utf8').startsWith(`# ${Number(number)}. `);
  });
  expect(wrong).toEqual([]);
});
