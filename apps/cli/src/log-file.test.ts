import { readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { expect, it } from 'vitest';

import { LogFile } from './log-file.ts';
import { temporaryFolder } from './testing/run-start.ts';

const errors: unknown[] = [];
const open = (path: string, maxBytes?: number) => new LogFile(path, (error) => void errors.push(error), maxBytes);

it('appends to an existing file and returns the last lines of this run', async () => {
  const path = join(await temporaryFolder(), 'web.log');
  const first = open(path);
  first.write('one');
  first.close();
  const second = open(path);
  for (let line = 2; line <= 30; line += 1) second.write(String(line));
  second.close();
  expect((await readFile(path, 'utf8')).split('\n').slice(0, 3)).toEqual(['one', '2', '3']);
  expect(second.lastLines()).toHaveLength(20);
  expect(second.lastLines().at(-1)).toBe('30');
});

it.each<[string, (path: string) => Promise<void>]>([
  ['is removed', async (path) => await rm(path)],
  ['is moved away', async (path) => await rename(path, `${path}.old`)],
  ['is replaced', async (path) => await rename(`${path}.new`, path)],
  ['is emptied', async (path) => await truncate(path)],
  ['is removed with its folder', async (path) => await rm(dirname(path), { recursive: true })],
])('keeps writing when the file %s by others, also after rotation', async (_, disturb) => {
  const path = join(await temporaryFolder(), 'logs/web.log');
  const log = open(path, 100);
  for (const size of [10, 200]) {
    log.write('x'.repeat(size));
    await writeFile(`${path}.new`, '');
    await disturb(path);
    log.write(`after ${size}`);
    log.write('and more');
    expect(await readFile(path, 'utf8')).toBe(`after ${size}\nand more\n`);
  }
  log.close();
  expect(errors).toEqual([]);
});

it('truncates a line as long as thousands of others', async () => {
  const path = join(await temporaryFolder(), 'web.log');
  const log = open(path);
  log.write('x'.repeat(1_000_000));
  log.close();
  expect((await readFile(path, 'utf8')).length).toBeLessThan(17_000);
});

it('uses at most 20 MB', async () => {
  const path = join(await temporaryFolder(), 'web.log');
  await writeFile(`${path}.1`, 'older');
  await writeFile(path, Buffer.alloc(10 * 1024 * 1024 + 1, 'x'));
  const log = open(path);
  log.write('fresh');
  log.close();
  expect(await readFile(path, 'utf8')).toBe('fresh\n');
  expect((await stat(`${path}.1`)).size).toBe(10 * 1024 * 1024 + 1);
});

it('reports once that lines can’t be written, and does not fail', async () => {
  const log = open(join(await temporaryFolder(), 'web.log'));
  log.close(); // The next write fails, as on a full disk.
  log.write('lost');
  log.write('lost');
  expect(errors).toHaveLength(1);
  expect(log.lastLines()).toEqual(['lost', 'lost']);
});
