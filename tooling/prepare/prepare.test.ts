import { mkdir, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { ROOT } from '../paths.mjs';
import { isInstalled, isLockComplete } from './install.mjs';
import { hashSources } from './stamps.mjs';
import { isBuilt, productTargets } from './targets.mjs';

let root: string;
async function write(path: string, content: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}
const lock = (version: string) =>
  JSON.stringify({
    packages: {
      '': { name: 'switchboard' },
      'apps/cli': { name: '@switchboard/cli' },
      'node_modules/@switchboard/cli': { resolved: 'apps/cli', link: true },
      'node_modules/zod': { version, integrity: `sha512-${version}` },
      'node_modules/elsewhere': { version: '1.0.0', optional: true },
    },
  });

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'switchboard-tooling-'));
});
afterEach(async () => await rm(root, { recursive: true, force: true }));

describe('the hash of sources', () => {
  const hash = () => hashSources(root, ['app', 'one.json']);
  beforeEach(async () => {
    await write('app/src/a.ts', 'a');
    await write('app/src/b.ts', 'b');
    await write('one.json', '{}');
  });

  it('changes with the content, the names and the number of files', async () => {
    const seen = new Set([hash()]);
    for (const change of [
      async () => await write('app/src/a.ts', 'A'),
      async () => await rename(join(root, 'app/src/a.ts'), join(root, 'app/src/c.ts')),
      async () => await rm(join(root, 'app/src/c.ts')),
      async () => await write('app/src/deep/d.ts', ''),
      async () => await write('one.json', '{ }'),
      async () => await rm(join(root, 'one.json')),
    ]) {
      await change();
      seen.add(hash());
    }
    expect(seen.size).toBe(7);
  });

  it('does not change with file times, build results and tests', async () => {
    const before = hash();
    await utimes(join(root, 'app/src/a.ts'), 1, 1);
    for (const path of [
      'app/dist/a.js',
      'app/node_modules/x/index.js',
      'app/.next/BUILD_ID',
      'app/src/a.test.ts',
      'app/src/generated/x.ts',
    ])
      await write(path, 'x');
    expect(hash()).toBe(before);
  });
});

describe('packages', () => {
  it('are installed when npm’s record matches the lock file', async () => {
    await write('package-lock.json', lock('4.0.0'));
    expect(isInstalled(root)).toBe(false);
    await write('node_modules/zod/index.js', '');
    expect(isInstalled(root)).toBe(false);
    await write('node_modules/.package-lock.json', lock('3.0.0'));
    expect(isInstalled(root)).toBe(false);
    await write('node_modules/.package-lock.json', lock('4.0.0').replace(/,"node_modules\/elsewhere":{[^}]*}/, ''));
    expect(isInstalled(root)).toBe(true);
  });

  it('are not installed after the lock file changes or node_modules is deleted', async () => {
    await write('package-lock.json', lock('4.0.0'));
    await write('node_modules/.package-lock.json', lock('4.0.0'));
    expect(isInstalled(root)).toBe(true);
    await write('package-lock.json', lock('4.0.1'));
    expect(isInstalled(root)).toBe(false);
    await write('package-lock.json', lock('4.0.0'));
    await rm(join(root, 'node_modules'), { recursive: true });
    expect(isInstalled(root)).toBe(false);
  });

  it('for other systems may be missing from the lock file', async () => {
    const packages = { 'node_modules/tool': { version: '1.0.0', optionalDependencies: { '@tool/mac': '1.0.0', '@tool/linux': '1.0.0' } } };
    const linux = { 'node_modules/tool/node_modules/@tool/linux': { version: '1.0.0', optional: true } };
    const mac = { 'node_modules/@tool/mac': { version: '1.0.0', optional: true } };
    await write('package-lock.json', JSON.stringify({ packages: { ...packages, ...linux } }));
    expect(isLockComplete(root)).toBe(false);
    await write('package-lock.json', JSON.stringify({ packages: { ...packages, ...linux, ...mac } }));
    expect(isLockComplete(root)).toBe(true);
  });

  it('can’t be checked without a lock file', () => {
    expect(() => isInstalled(root)).toThrow(/package-lock\.json is missing/);
  });
});

describe('a target', () => {
  it('is stale while its result or its stamp is missing', async () => {
    await write('package-lock.json', lock('4.0.0'));
    await write('package.json', JSON.stringify({ workspaces: ['apps/*'] }));
    const product = { name: 'the app', result: 'dist/app.js', served: true };
    await write('apps/app/package.json', JSON.stringify({ name: '@switchboard/app', product }));
    const [target] = productTargets(root);
    if (target === undefined) throw new Error('There is no target.');
    expect(isBuilt(root, target)).toBe(false);
    await write('apps/app/dist/app.js', '');
    expect(isBuilt(root, target)).toBe(false);
  });
});

it('knows the repository’s root', async () => {
  expect(JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'))).toMatchObject({ name: 'switchboard' });
});
