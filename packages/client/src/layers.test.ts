import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { describe, expect, it } from 'vitest';

/** The folders that each folder may import besides itself. `testing` and the files beside this one may import everything. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  /** Types that views and all folders share, and the identity of messages. No behavior. */
  model: [],
  /** The browser behind `Effects`, and general utilities: emitters, clocks, retries. */
  platform: [],
  /** The relay's socket and the HTTP API. */
  transport: ['model', 'platform'],
  /** Messages that are not saved yet. */
  outbox: ['model', 'platform', 'transport'],
  /** Merges messages from the relay, the database and the outbox into one list. Pure functions. */
  timeline: ['model', 'platform', 'transport', 'outbox'],
  /** One conversation: catching up, reading, typing, sending. */
  conversation: ['model', 'platform', 'transport', 'outbox', 'timeline'],
  /** The widget's side. */
  visitor: ['model', 'platform', 'transport', 'outbox', 'timeline', 'conversation'],
  /** The console's side. */
  operator: ['model', 'platform', 'transport', 'outbox', 'timeline', 'conversation'],
};

const ROOT = import.meta.dirname;
const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : '');

/** Files of this folder (relative paths) by the files that import them, type imports included. */
const imports = new Map(
  readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && folderOf(file) !== 'testing')
    .map((file) => {
      const relative = readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g);
      return [file, [...relative].map(([, path = '']) => normalize(join(dirname(file), path)).replaceAll('\\', '/'))] as const;
    }),
);

/** An import cycle that the file is part of or leads to; undefined if there is none, or if it was found from another file. */
function cycleFrom(file: string, path: readonly string[], done: Set<string>): readonly string[] | undefined {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
  if (done.has(file)) return undefined;
  done.add(file);
  for (const imported of imports.get(file) ?? []) {
    const cycle = cycleFrom(imported, [...path, file], done);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

describe('the folders of the client', () => {
  it('are the folders of the table', () => {
    const folders = new Set([...imports.keys()].map(folderOf).filter((folder) => folder !== ''));
    expect([...folders].toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
  });

  it.each(Object.entries(MAY_IMPORT))('%s imports only what the table allows', (folder, allowed) => {
    const refused = [...imports]
      .filter(([file]) => folderOf(file) === folder)
      .flatMap(([file, imported]) => imported.map((other) => ({ file, other })))
      .filter(({ other }) => folderOf(other) !== folder && !allowed.includes(folderOf(other)))
      .map(({ file, other }) => `${file} imports ${other}`);
    expect(refused).toEqual([]);
  });

  it('have no two files that import each other, directly or through others', () => {
    const done = new Set<string>();
    const cycles = [...imports.keys()].flatMap((file) => cycleFrom(file, [], done)?.join(' → ') ?? []);
    expect(cycles).toEqual([]);
  });
});
