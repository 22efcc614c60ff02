import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { LogFile } from './log-file.ts';
import { temporaryFolder } from './testing/run-start.ts';

const troubles: unknown[] = [];
const open = (path: string) => new LogFile(path, (error) => void troubles.push(error));

it('goes on where it ended and knows the last lines of this run', async () => {
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

it('takes 20 MB at most', async () => {
  const path = join(await temporaryFolder(), 'web.log');
  await writeFile(`${path}.1`, 'older');
  await writeFile(path, Buffer.alloc(10 * 1024 * 1024 + 1, 'x'));
  const log = open(path);
  log.write('fresh');
  log.close();
  expect(await readFile(path, 'utf8')).toBe('fresh\n');
  expect((await stat(`${path}.1`)).size).toBe(10 * 1024 * 1024 + 1);
});

it('says once that lines can not be written, and does not fail', async () => {
  const log = open(join(await temporaryFolder(), 'web.log'));
  log.close(); // What writes now gets an error, as on a full disk.
  log.write('lost');
  log.write('lost');
  expect(troubles).toHaveLength(1);
  expect(log.lastLines()).toEqual(['lost', 'lost']);
});
