import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { ServerLog } from './server-log.ts';
import { temporaryFolder } from './testing/run-start.ts';

const entry = (level: string, msg: string, more: object = {}) => JSON.stringify({ level, time: '2026-11-23T09:00:00.000Z', msg, ...more });

async function openLog() {
  const folder = await temporaryFolder();
  const shown: string[] = [];
  const log = new ServerLog(folder, 'web', { say: (line) => void shown.push(line), warn: (line) => void shown.push(line) });
  const read = async (file: string) => await readFile(join(folder, file), 'utf8');
  return { log, shown, read };
}

it('keeps a warning that more than 20 MB of other lines would have displaced', async () => {
  const { log, read } = await openLog();
  log.write(entry('error', 'the one that matters'), 'stdout');
  const quiet = entry('info', 'request refused', { origin: 'o'.repeat(14_000) });
  for (let count = 0; count < 1_600; count += 1) log.write(quiet, 'stdout');
  log.close();
  expect(await read('web.log')).not.toContain('the one that matters');
  expect(await read('web.log.1')).not.toContain('the one that matters');
  expect(await read('web.problems.log')).toContain('the one that matters');
});

it('shows the first few lines of a kind and counts the rest, on the terminal and in the problems file', async () => {
  const { log, shown, read } = await openLog();
  for (let count = 0; count < 5_000; count += 1) log.write(entry('warn', 'rate_limited', { ip: `10.0.0.${count}` }), 'stdout');
  log.write('Warning: something else', 'stderr');
  log.close();
  expect(shown).toEqual([
    expect.stringMatching(/^web: warn: rate_limited ip=/),
    expect.stringMatching(/^web: warn: rate_limited ip=/),
    expect.stringMatching(/^web: warn: rate_limited ip=/),
    'web: Warning: something else',
    'web: warn: rate_limited: 4997 more of these',
  ]);
  expect((await read('web.problems.log')).trim().split('\n')).toHaveLength(5);
});

it('is not flooded by ever-changing warnings', async () => {
  const { log, shown } = await openLog();
  const word = (count: number) => String(count).replaceAll(/\d/g, (digit) => 'abcdefghij'[Number(digit)] ?? '');
  for (let count = 0; count < 5_000; count += 1) log.write(entry('warn', `refused ${word(count)}`), 'stdout');
  log.close();
  expect(shown.length).toBeLessThan(110);
  expect(shown.at(-1)).toMatch(/^other warnings: 4\d{3} more of these$/);
});
