import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const readText = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const filesIn = (...patterns: string[]) =>
  execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns], { cwd: ROOT, encoding: 'utf8' })
    .trim()
    .split('\n');

interface Tree {
  readonly [key: string]: string | Tree;
}

/** Every text of a file by its key path, such as `inbox.view.done`. */
function textsOf(path: string): Map<string, string> {
  const walk = (tree: Tree, prefix: string): (readonly [string, string])[] =>
    Object.entries(tree).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : walk(value, `${prefix}${key}.`),
    );
  return new Map(walk(JSON.parse(readText(path)) as Tree, ''));
}

/** The values and tags in a text. */
const places = (text: string) => [...new Set([...text.matchAll(/\{\w+(?=[},])|<\w+>/g)].map(([place]) => place))].toSorted();

const locales = filesIn('apps/web/locales/*.json', 'apps/widget/src/locales/*.json');
const translations = locales
  .filter((path) => !path.endsWith('en.json'))
  .map((path) => [path, path.replace(/\w+\.json$/, 'en.json')] as const);

describe.each(translations)('%s', (path, english) => {
  it('has the same keys as English, and no empty text', () => {
    expect([...textsOf(path).keys()]).toEqual([...textsOf(english).keys()]);
    for (const [key, text] of textsOf(path)) expect(text.trim(), key).not.toBe('');
  });

  it('contains the same values and tags as English', () => {
    const own = textsOf(path);
    for (const [key, text] of textsOf(english)) expect(places(own.get(key) ?? ''), key).toEqual(places(text));
  });
});

/** Types whose members are keys: what can go wrong, how far a message has come, how the connection is. */
const TYPES = [
  'packages/protocol/src/errors.ts',
  'packages/protocol/src/reasons.ts',
  'packages/client/src/model/problem.ts',
  'packages/client/src/model/types.ts',
];
/** The components that show the texts of a file. */
const USERS: Readonly<Record<string, readonly string[]>> = {
  'apps/web/locales/en.json': filesIn('apps/web/app/*.tsx', 'apps/web/components/*.ts', 'apps/web/components/*.tsx'),
  'apps/web/locales/failure.en.json': ['apps/web/components/FailurePage.tsx'],
  'apps/widget/src/locales/en.json': filesIn('apps/widget/src/frame/*.ts', 'apps/widget/src/frame/*.tsx'),
};

describe.each(locales.filter((path) => path.endsWith('en.json')))('%s', (path) => {
  it('has no unused text', () => {
    const users = [...(USERS[path] ?? []), ...TYPES].filter((file) => !file.includes('.test.'));
    const source = users.map(readText).join('\n');
    /** A key is written as `'a.b'` or `'b'`, as a member of a table, or is made of a known beginning: `view.${name}`. */
    const isUsed = (key: string) => {
      const parts = key.split('.');
      const name = parts.at(-1) ?? '';
      // Plural forms.
      if (['one', 'other'].includes(name) && source.includes(`'${parts.at(-2)}'`)) return true;
      return (
        parts.some((_, at) => {
          const tail = parts.slice(at).join('.');
          return source.includes(`'${tail}'`) || source.includes(`\`${parts.slice(at, -1).join('.')}.\${`);
        }) || new RegExp(String.raw`\b${name}: \{\s*(?:status|code):`).test(source)
      );
    };
    expect([...textsOf(path).keys()].filter((key) => !isUsed(key))).toEqual([]);
  });
});

it('no attribute that people see or hear contains a text without a key', () => {
  const screens = filesIn('apps/web/app/*.tsx', 'apps/web/components/*.tsx', 'apps/widget/src/frame/*.tsx');
  const literal = /\s(?:aria-label|aria-description|title|placeholder|alt|label)="[^"]*\p{L}[^"]*"/u;
  expect(screens.length).toBeGreaterThan(40);
  expect(screens.filter((file) => literal.test(readText(file)))).toEqual([]);
});
