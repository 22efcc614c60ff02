import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

import { freePort } from '@switchboard/database/embedded';

const ROOT = resolve(import.meta.dirname, '../../..');

/**
 * Runs `work` with the address of a whole Switchboard's web app, built and started as its user would, with a durable database, and stops it again.
 *
 * @param settings variables of docs/configuration.md
 */
export async function withSystem<T>(settings: Readonly<Record<string, string>>, work: (web: string) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-bench-'));
  await chmod(dataDir, 0o755); // PostgreSQL may run as another user than we do.
  const [port, socketPort] = [await freePort(), await freePort()];
  const ours = {
    PORT: String(port),
    SOCKET_PORT: String(socketPort),
    DATA_DIR: dataDir,
    DATABASE_URL: '',
    REDIS_URL: '',
    LOG_LEVEL: 'warn',
  };
  const child = spawn(process.execPath, ['tooling/bootstrap.mjs', 'start'], {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: undefined, ...ours, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  try {
    await untilReady(child.stdout, child.stderr);
    return await work(`http://localhost:${port}`);
  } finally {
    child.kill('SIGTERM');
    await exited;
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Resolves at the line that begins `ready`. @throws Error with all that was printed when there is none */
async function untilReady(output: NodeJS.ReadableStream, errors: NodeJS.ReadableStream): Promise<void> {
  const printed: string[] = [];
  errors.on('data', (chunk: Buffer) => printed.push(chunk.toString()));
  const lines = createInterface({ input: output });
  await new Promise<void>((ready, reject) => {
    lines.on('line', (line) => {
      printed.push(`${line}\n`);
      if (line.startsWith('ready')) ready();
    });
    lines.on('close', () => reject(new Error(`Switchboard did not start:\n${printed.join('')}`)));
  });
}
