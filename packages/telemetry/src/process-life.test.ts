import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { afterEach, expect, it } from 'vitest';

import { SUPERVISED } from './index.ts';

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Starts the fixture and waits until it is up. */
async function start(supervised: boolean): Promise<{ child: ChildProcess; output: () => string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'fixtures/supervised.ts')], {
    env: { ...process.env, [SUPERVISED]: supervised ? '1' : '0' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  running.push(child);
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  await expect.poll(() => output).toContain('"up"');
  return { child, output: () => output };
}

it('a supervised process shuts down gracefully when its supervisor is gone', async () => {
  const { child, output } = await start(true);
  child.stdin?.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(output()).toContain('ended in order');
});

it('a process started by hand ignores the end of its standard input', async () => {
  const { child } = await start(false);
  child.stdin?.end();
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

it('several signals for one Ctrl-C shut a process down once, gracefully', async () => {
  const { child, output } = await start(true);
  child.kill('SIGINT');
  child.kill('SIGINT');
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(output().match(/ended in order/g)).toHaveLength(1);
});

it('ids reach the log, secrets do not', async () => {
  const { output } = await start(true);
  expect(output()).not.toContain('canary');
  expect(output()).toContain('"messageKey":"k1"');
});
