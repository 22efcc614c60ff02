import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from '@switchboard/database/embedded';

import { withDurableDatabase } from './durable-database.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 100;
const POOL_SIZE = 2;

/** Origins of two web servers of the same build, on the same database. */
export interface WebServers {
  /** The server as it runs in production. */
  readonly direct: string;
  /** The server with every request answered by Next.js. */
  readonly throughNext: string;
}

/**
 * Runs `work` with two web servers on a durable database and a relay that receives their hints, and stops all of them afterwards.
 *
 * @param settings variables of docs/configuration.md, for both web servers
 */
export async function withWebServers<T>(settings: Readonly<Record<string, string>>, work: (servers: WebServers) => Promise<T>): Promise<T> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-bench-'));
  const children: ChildProcess[] = [];
  try {
    return await withDurableDatabase(POOL_SIZE, async (_database, url) => {
      const [relayPort, directPort, nextPort] = [await freePort(), await freePort(), await freePort()];
      const relay = `http://127.0.0.1:${relayPort}`;
      const start = async (port: number, app: string, args: readonly string[]) => {
        const env = {
          PATH: process.env['PATH'],
          NODE_ENV: 'production',
          PORT: String(port),
          SOCKET_PORT: String(relayPort),
          SOCKET_HOST: '127.0.0.1',
          DATABASE_URL: url,
          DATA_DIR: dataDir,
          FRONTEND_URL: `http://127.0.0.1:${directPort}`,
          NEXT_PUBLIC_SOCKET_URL: relay,
          ...secrets,
          LOG_LEVEL: 'warn',
          ...settings,
        };
        children.push(spawn(process.execPath, [...args], { cwd: join(ROOT, app), env, stdio: ['ignore', 'ignore', 'inherit'] }));
        await untilReady(`http://127.0.0.1:${port}/readyz`);
        return `http://127.0.0.1:${port}`;
      };
      const secrets = { JWT_SECRET: randomBytes(32).toString('hex'), AUTH_SECRET: randomBytes(32).toString('hex') };
      try {
        await start(relayPort, 'apps/relay', ['dist/relay.js']);
        const direct = await start(directPort, 'apps/web', ['dist/web.js', '--hostname', '127.0.0.1']);
        const throughNext = await start(nextPort, 'apps/web', ['dist/web.js', '--hostname', '127.0.0.1', '--through-next']);
        return await work({ direct, throughNext });
      } finally {
        await Promise.all(children.map(stop));
      }
    });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** @throws Error when the server is not ready within a minute */
async function untilReady(url: string): Promise<void> {
  const began = performance.now();
  for (;;) {
    const isReady = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    if (performance.now() - began > READY_WITHIN_MS) throw new Error(`Nothing is ready at ${url}.`);
    await delay(LOOK_EVERY_MS);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}
