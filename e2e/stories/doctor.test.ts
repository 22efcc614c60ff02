import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

import { expect, inject, it } from 'vitest';

const system = inject('system');
const ROOT = resolve(import.meta.dirname, '../..');

it('finds no problem with a system that npm start has started, including its database and secrets', async () => {
  const { PATH, HOME } = process.env;
  const env = { PATH, HOME, PORT: new URL(system.web).port, SOCKET_PORT: new URL(system.relay).port, DATA_DIR: system.dataDir };
  // This rejects if doctor ends with another code than 0.
  const { stdout } = await promisify(execFile)(process.execPath, ['tooling/bootstrap.mjs', 'doctor', '--json'], { cwd: ROOT, env });
  const { ok, results } = JSON.parse(stdout) as { ok: boolean; results: { group: string; what: string; status: string }[] };
  expect(ok).toBe(true);
  expect(results.filter(({ status }) => status !== 'ok').map(({ group, what, status }) => [group, what, status])).toEqual([
    ['Redis', 'it answers', 'skip'],
  ]);
  expect(new Set(results.map(({ group }) => group))).toEqual(new Set(['Machine', 'Settings', 'Database', 'Redis', 'Web app', 'Relay']));
});
