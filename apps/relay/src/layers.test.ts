import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

import { describe, expect, it } from 'vitest';

/** Files that every folder may import: settings, metrics, types of peers, rate limits, answers to requests. They import no folder. */
const SHARED = ['config.ts', 'http-answer.ts', 'metrics.ts', 'peer.ts', 'rate-limit.ts'];

/** Folders that each folder may import besides itself and the shared files. `testing` and the files that assemble the relay may import everything. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  /** Socket.IO and Engine.IO, and everything that relies on their private parts. */
  engine: [],
  /** Which connections are accepted, and which may stay. */
  admission: ['engine'],
  /** What happens to an event of an accepted connection. */
  events: ['engine'],
  /** Hints, health, metrics. */
  http: ['events'],
  /** Other nodes, through Redis. */
  cluster: [],
};

/** What only `engine` may name: private parts of the libraries, and a handshake that is freed after admission. */
const PRIVATE_PARTS = /\._[a-z]|\bwriteBuffer\b|\bonevent\b|\bas unknown as\b|socket\.io-parser|transport\.socket|engine\['/;
const HANDSHAKE = /\bhandshake\.(?:auth|headers|query|address|url)|\bconn\.request\b|\bsocket\.request\b/;

const ROOT = import.meta.dirname;
const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : '');
const readSource = (file: string) => readFileSync(join(ROOT, file), 'utf8');

const files = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && folderOf(file) !== 'testing');

/** Files of this folder (relative paths) by the files that import them, type imports included. */
const imports = new Map(
  files.map((file) => {
    const relative = readSource(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.[^']+)'/g);
    return [file, [...relative].map(([, path = '']) => normalize(join(dirname(file), path)).replaceAll('\\', '/'))] as const;
  }),
);

const importsOf = (folder: string) =>
  [...imports]
    .filter(([file]) => folderOf(file) === folder)
    .flatMap(([file, imported]) => imported.map((other) => ({ file, other })))
    .filter(({ other }) => folderOf(other) !== folder);

/** A circle of imports that the file is part of or leads to; undefined when there is none, or when it was found from another file. */
function circleFrom(file: string, path: readonly string[], done: Set<string>): readonly string[] | undefined {
  if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
  if (done.has(file)) return undefined;
  done.add(file);
  for (const imported of imports.get(file) ?? []) {
    const circle = circleFrom(imported, [...path, file], done);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

describe('the folders of the relay', () => {
  it('are those of the table', () => {
    const folders = new Set([...imports.keys()].map(folderOf).filter((folder) => folder !== ''));
    expect([...folders].toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
  });

  it.each(Object.entries(MAY_IMPORT))('%s imports only what the table allows', (folder, allowed) => {
    const refused = importsOf(folder).filter(({ other }) => !SHARED.includes(other) && !allowed.includes(folderOf(other)));
    expect(refused.map(({ file, other }) => `${file} imports ${other}`)).toEqual([]);
  });

  it.each(SHARED)('%s imports no folder', (file) => {
    expect((imports.get(file) ?? []).filter((other) => !SHARED.includes(other))).toEqual([]);
  });

  it('have no two files that import each other, directly or through others', () => {
    const done = new Set<string>();
    const circles = [...imports.keys()].flatMap((file) => circleFrom(file, [], done)?.join(' → ') ?? []);
    expect(circles).toEqual([]);
  });
});

describe('the engine', () => {
  const outside = files.filter((file) => folderOf(file) !== 'engine');

  it('is imported through its index only', () => {
    const inside = outside.flatMap((file) => (imports.get(file) ?? []).map((other) => ({ file, other })));
    const refused = inside.filter(({ other }) => folderOf(other) === 'engine' && other !== 'engine/index.ts');
    expect(refused.map(({ file, other }) => `${file} imports ${other}`)).toEqual([]);
  });

  it('uses private parts of Socket.IO and Engine.IO in shortcuts only', () => {
    // A custom parser is a documented option, and `engine/connection.ts` reads a documented property that the types protect.
    const allowed = /^engine\/(?:shortcuts\/|parser\.ts$|connection\.ts$)/;
    const uses = files.filter((file) => !allowed.test(file) && PRIVATE_PARTS.test(readSource(file)));
    expect(uses).toEqual([]);
  });

  it('and the handshake are the only files that read a handshake: after admission it is empty', () => {
    const readers = outside.filter((file) => HANDSHAKE.test(readSource(file)));
    expect(readers).toEqual(['admission/handshake.ts']);
  });
});
