import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { SUPERVISED } from '@switchboard/telemetry';
import { io } from 'socket.io-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const FOLDER = join(import.meta.dirname, '..');
// Beside the real bundle, so that its dependencies are found; with another name, so that no running relay is overwritten.
const BUNDLE = join(FOLDER, `dist/under-test-${process.pid}.js`);
const METAFILE = `${BUNDLE}.json`;
const JWT_SECRET = 'canary-kZ3v9QmT1xW7bN5rY8cJ2hF6gD4s';

const running: ChildProcess[] = [];
beforeAll(async () => {
  const { scripts } = JSON.parse(await readFile(join(FOLDER, 'package.json'), 'utf8')) as { scripts: { build: string } };
  const [node = '', ...options] = scripts.build.split(' ').filter((option) => !option.startsWith('--outfile') && option !== '--sourcemap');
  await promisify(execFile)(node, [...options, `--outfile=${BUNDLE}`, `--metafile=${METAFILE}`], {
    cwd: FOLDER,
    env: { ...process.env, npm_package_name: '@switchboard/relay' },
  });
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await Promise.all([BUNDLE, METAFILE].map(async (file) => await rm(file, { force: true })));
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [BUNDLE], {
    env: { PATH: process.env['PATH'], SOCKET_HOST: '127.0.0.1', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.push(child);
  const printed = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed.out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (printed.err += chunk));
  return { child, printed, exit: once(child, 'close') };
}

async function started(env: Record<string, string> = {}) {
  const port = await freePort();
  const process = run({ JWT_SECRET, SOCKET_PORT: String(port), ...env });
  await expect.poll(() => process.printed.out + process.printed.err).toContain('"msg":"listening"');
  return { ...process, url: `http://127.0.0.1:${port}`, port };
}

describe('the bundle', () => {
  it('contains no database, no rules of the chat and no user interface', async () => {
    const metafile = JSON.parse(await readFile(METAFILE, 'utf8')) as {
      inputs: Record<string, { imports: { path: string; external?: boolean }[] }>;
    };
    const foreign = Object.keys(metafile.inputs).filter((file) => !file.startsWith('src/'));
    const workspaces = new Set(foreign.map((file) => /packages\/[^/]+/.exec(file)?.[0] ?? file));
    expect([...workspaces].toSorted()).toEqual([
      'packages/config',
      'packages/limits',
      'packages/protocol',
      'packages/redis',
      'packages/telemetry',
      'packages/tokens',
    ]);
    const external = Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter((entry) => entry.external === true));
    const packages = new Set(external.map(({ path }) => path).filter((path) => !path.startsWith('node:')));
    expect([...packages].toSorted()).toEqual([
      '@socket.io/redis-adapter',
      'ioredis',
      'jose',
      'pino',
      'prom-client',
      'socket.io',
      'socket.io-parser',
      'zod',
    ]);
  });
});

describe('the process', () => {
  it('reports in one line what is missing, and does not start', async () => {
    const { printed, exit } = run({});
    expect(await exit).toEqual([1, null]);
    expect(printed.err).toMatch(/^JWT_SECRET is not set; it must be [^\n]*\n$/);
    expect(printed.out).toBe('');
  });

  it('reports in one line that its port is in use', async () => {
    const { port } = await started();
    const { printed, exit } = run({ JWT_SECRET, SOCKET_PORT: String(port) });
    expect(await exit).toEqual([1, null]);
    expect(printed.err).toBe(`SOCKET_PORT is ${port}, which is in use; it must be a free port.\n`);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops cleanly on %s, with connected peers', async (signal) => {
    const { child, printed, exit, url } = await started();
    const socket = io(url, { path: '/chat', transports: ['websocket'], reconnection: false });
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    const reason = new Promise((resolve) => socket.once('disconnect', resolve));
    child.kill(signal);
    expect(await reason).toBe('transport close');
    expect(await exit).toEqual([0, null]);
    expect(printed.out).toContain('"msg":"stopping"');
    expect(printed.out + printed.err).not.toContain('canary');
  });

  it('ends with its supervisor', async () => {
    const { child, exit } = await started({ [SUPERVISED]: '1' });
    child.stdin.end();
    expect(await exit).toEqual([0, null]);
  });
});
