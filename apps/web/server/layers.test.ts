import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';

import { expect, test } from 'vitest';

const SERVER = import.meta.dirname;
/** The lowest first. Files directly in the server's folder start the process and are above all of them. */
const LAYERS = ['parts', 'services', 'requests'];
/** Imports of values and types: a type is a dependency, too. */
const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']*)'/g;

/** Tests and what they share. */
const TESTS = /\.test\.ts$|^testing\/|^requests\/handlers\/access\//;

interface Import {
  readonly from: string;
  readonly to: string;
}

/** Every import from one file of the server to another, by their paths under its folder. Tests may import anything. */
async function importsWithinServer(): Promise<readonly Import[]> {
  const files = (await readdir(SERVER, { recursive: true })).filter((file) => /\.m?ts$/.test(file) && !TESTS.test(file));
  const imports = await Promise.all(
    files.map(async (from) => {
      const text = await readFile(join(SERVER, from), 'utf8');
      const targets = [...text.matchAll(IMPORT)].map(([, path = '']) => relative(SERVER, resolve(SERVER, dirname(from), path)));
      return targets.filter((to) => !to.startsWith('..')).map((to) => ({ from, to }));
    }),
  );
  return imports.flat();
}

function layerOf(file: string): number {
  const index = LAYERS.indexOf(file.split(sep)[0] ?? '');
  return index === -1 ? LAYERS.length : index;
}

test('no part imports services, and no service imports requests', async () => {
  const imports = await importsWithinServer();
  expect(imports.length).toBeGreaterThan(50);
  expect(imports.filter(({ from, to }) => layerOf(to) > layerOf(from))).toEqual([]);
});

test('no two folders import each other, directly or indirectly', async () => {
  const reached = new Map<string, Set<string>>();
  for (const { from, to } of await importsWithinServer()) {
    const [one, other] = [dirname(from), dirname(to)];
    if (one !== other) reached.set(one, (reached.get(one) ?? new Set()).add(other));
  }
  // Iterating a set includes values added meanwhile, so each set ends with everything that its folder reaches.
  for (const folders of reached.values()) for (const folder of folders) for (const next of reached.get(folder) ?? []) folders.add(next);
  expect([...reached].filter(([folder, folders]) => folders.has(folder)).map(([folder]) => folder)).toEqual([]);
});
