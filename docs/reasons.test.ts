import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { paramNames, REASONS, type ReasonName } from '@switchboard/protocol';
import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const readText = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const isReason = (name: string): name is ReasonName => Object.hasOwn(REASONS, name);

it('every error of the HTTP API has a reason', () => {
  const folders = ['packages/chat/src', 'apps/web/server', 'apps/web/actions', 'apps/web/jobs'];
  const files = execFileSync('git', ['ls-files', ...folders], { cwd: ROOT, encoding: 'utf8' })
    .trim()
    .split('\n');
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'));
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((file) => readText(file).includes('new ChatError('))).toEqual([]);
});

it('every reason is used', () => {
  const files = execFileSync('git', ['ls-files', '*.ts'], { cwd: ROOT, encoding: 'utf8' }).trim().split('\n');
  const sources = files.filter((file) => /^(?:packages|apps)\//.test(file) && !/\.test\.|testing\/|protocol\/src\/reasons/.test(file));
  const code = sources.map(readText).join('\n');
  expect(Object.keys(REASONS).filter((name) => !code.includes(`'${name}'`) && name !== 'invalid_field')).toEqual([]);
});

/** The texts of problems by their names, which may be those of reasons. */
function problemTexts(path: string): readonly (readonly [string, string])[] {
  const texts = JSON.parse(readText(path)) as Record<string, unknown>;
  const nested = Object.entries((texts['problem'] ?? {}) as Record<string, string>);
  const flat = Object.entries(texts).filter(([key]) => key.startsWith('problem.')) as [string, string][];
  return [...nested, ...flat.map(([key, text]) => [key.replace('problem.', ''), text] as const)];
}

describe.each([
  'apps/web/locales/en.json',
  'apps/web/locales/de.json',
  'apps/widget/src/locales/en.json',
  'apps/widget/src/locales/de.json',
])('%s', (path) => {
  const worded = problemTexts(path).filter(([name]) => isReason(name));

  it('uses no parameter that its reason does not have', () => {
    expect(worded.length).toBeGreaterThan(3);
    for (const [name, text] of worded) {
      const used = [...text.matchAll(/\{(\w+)\}/g)].map(([, param = '']) => param).filter((param) => param !== 'subject');
      expect(isReason(name) ? paramNames(name) : [], `${name}: ${text}`).toEqual(expect.arrayContaining(used));
    }
  });
});
