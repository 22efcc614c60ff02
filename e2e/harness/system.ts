import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { freePort } from '@switchboard/database/embedded';

/** The repository's root. */
const ROOT = resolve(import.meta.dirname, '../..');
const START_TIMEOUT_MS = 300_000;

/** A complete Switchboard, started as a user would start it, with its own ports and folder. */
export interface System {
  readonly web: string;
  readonly relay: string;
  readonly dataDir: string;
  readonly pid: number;
  /** Runs `npm run switchboard -- …` against it; resolves with its output, rejects when it fails. */
  command(...args: string[]): Promise<string>;
  /** All output so far. */
  output(): string;
  /** Stops it as Ctrl-C would; resolves with the exit code of the supervisor, null when a signal ended it. */
  stop(): Promise<number | null>;
}

function bootstrap(node: string, args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(node, ['tooling/bootstrap.mjs', ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/**
 * Starts the system and resolves when it prints `ready`.
 *
 * @param node the path of the Node that runs it
 */
export async function startSystem(node = process.execPath): Promise<System> {
  const dataDir = await mkdtemp(join(tmpdir(), 'switchboard-e2e-'));
  await chmod(dataDir, 0o755); // PostgreSQL may run as another user.
  const [port, socketPort] = [await freePort(), await freePort()];
  const web = `http://localhost:${port}`;
  const env = { PORT: String(port), SOCKET_PORT: String(socketPort), DATA_DIR: dataDir, NODE_ENV: undefined, VITEST: undefined };
  const child = bootstrap(node, ['start'], env);
  let printed = '';
  const log = createWriteStream(join(dataDir, 'start.log'));
  const ready = new Promise<void>((resolveReady, reject) => {
    const timer = setTimeout(() => reject(new Error(`Not ready after ${START_TIMEOUT_MS / 1000} s:\n${printed}`)), START_TIMEOUT_MS);
    const read = (chunk: string) => {
      printed += chunk;
      log.write(chunk);
      if (/^ready/m.test(printed)) {
        clearTimeout(timer);
        resolveReady();
      }
    };
    child.stdout?.setEncoding('utf8').on('data', read);
    child.stderr?.setEncoding('utf8').on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The start ended with ${code}:\n${printed}`));
    });
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGINT');
      await once(child, 'exit');
    }
    log.end();
    await rm(dataDir, { recursive: true, force: true });
    return child.exitCode;
  };
  try {
    await ready;
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    web,
    relay: `http://localhost:${socketPort}`,
    dataDir,
    pid: child.pid ?? 0,
    output: () => printed,
    stop,
    async command(...args) {
      const run = bootstrap(node, args, env);
      let output = '';
      run.stdout?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
      run.stderr?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
      const [code] = (await once(run, 'close')) as [number | null];
      if (code !== 0) throw new Error(`switchboard ${args.join(' ')} ended with ${code}: ${output}`);
      return output;
    },
  };
}
