import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** What makes a test fail on a machine that is busy, and what to do instead. */
const FORBIDDEN: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [
    /expect\([^\n]*(performance\.now\(\)|Date\.now\(\)|hrtime)[^\n]*\)\s*\.toBeLess/,
    'asserts a duration: count, compare in one run, or use a QuietClock (packages/database/src/testing/quiet-clock.ts)',
  ],
  [/\.(poll|waitFor)\([^\n]*timeout: ?\d{1,2}_?\d{3}\b/, 'waits for less than the usual patience: leave the timeout out'],
  [/^ *(it|test)?.*\{ timeout: ?\d{1,2}_?\d{3} \}, *(async|$)/m, 'has less time than other tests: leave the timeout out'],
];

function* testFiles(): Generator<string> {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.test.ts', '*.test.tsx'], { cwd: ROOT, encoding: 'utf8' });
  for (const file of listed.split('\n').filter(Boolean)) if (existsSync(join(ROOT, file))) yield file;
}

it('no test asserts how long something takes, or is impatient', () => {
  const found = [...testFiles()].flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    return FORBIDDEN.filter(([pattern]) => pattern.test(text)).map(([, instead]) => `${file} ${instead}`);
  });
  expect(found).toEqual([]);
});
