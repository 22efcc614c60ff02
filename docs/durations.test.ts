import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** Patterns that make a test fail on a busy machine, and what to do instead. */
const FORBIDDEN: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [
    /expect\([^\n]*(performance\.now\(\)|Date\.now\(\)|hrtime)[^\n]*\)\s*\.toBeLess/,
    'asserts a duration: count, compare in one run, or use a QuietClock (packages/database/src/testing/quiet-clock.ts)',
  ],
  [/\.(poll|waitFor)\([^\n]*timeout: ?\d{1,2}_?\d{3}\b/, 'waits for less than the usual timeout: omit the timeout'],
  [/^ *(it|test)?.*\{ timeout: ?\d{1,2}_?\d{3} \}, *(async|$)/m, 'has a shorter timeout than other tests: omit the timeout'],
];

function* testFiles(): Generator<string> {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.test.ts', '*.test.tsx'], { cwd: ROOT, encoding: 'utf8' });
  for (const file of listed.split('\n').filter(Boolean)) if (existsSync(join(ROOT, file))) yield file;
}

it('no test asserts a duration or has a short timeout', () => {
  const found = [...testFiles()].flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    return FORBIDDEN.filter(([pattern]) => pattern.test(text)).map(([, instead]) => `${file} ${instead}`);
  });
  expect(found).toEqual([]);
});
