import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

/**
 * Older versions than these have published advisories, and the range in a package.json does not say which version is installed. The list contains every package
 * that processes strangers' input: requests, sockets, pictures, tokens, passwords, text that becomes SQL or HTML.
 */
const FLOORS = {
  next: '16.4.6',
  // GHSA-f88m-g3jw-g9cj
  sharp: '0.35.0',
  // GHSA-qq9h-g4jm-xgf3 was the latest advisory with a fix when this was written.
  'better-auth': '1.6.22',
  // CVE-2024-28176
  jose: '4.15.5',
  // CVE-2017-16082
  pg: '7.1.2',
  // CVE-2024-47764
  cookie: '0.7.0',
  'socket.io-parser': '4.2.7',
  'engine.io': '6.6.10',
  ws: '8.21.0',
} as const;

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

/** Whether a version is at least another one; a prerelease is less than its release. */
function isAtLeast(version: string, floor: string): boolean {
  const [numbers = '', early] = version.split('-', 2);
  const [given, wanted] = [numbers, floor].map((text) => text.split('.').map(Number));
  for (const [index, part] of (wanted ?? []).entries()) {
    const own = given?.[index] ?? 0;
    if (own !== part) return own > part;
  }
  return early === undefined;
}

it.each(Object.entries(FLOORS))('%s is at least %s, wherever it is installed', async (name, floor) => {
  const lockfile = JSON.parse(await readFile(join(import.meta.dirname, '../package-lock.json'), 'utf8')) as Lockfile;
  const found = Object.entries(lockfile.packages).filter(([path]) => path.endsWith(`node_modules/${name}`));
  expect(found.length).toBeGreaterThan(0);
  for (const [path, { version = '' }] of found) expect(isAtLeast(version, floor), `${path} is ${version}`).toBe(true);
});

it.each([
  ['4.2.7', '4.2.7', true],
  ['4.10.0', '4.2.7', true],
  ['5.0.0', '4.2.7', true],
  ['4.2.6', '4.2.7', false],
  ['4.2.7-beta.1', '4.2.7', false],
])('%s is at least %s: %s', (version, floor, expected) => {
  expect(isAtLeast(version, floor)).toBe(expected);
});
