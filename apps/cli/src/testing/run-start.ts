import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

import { clusterUrl, freePort, isAlive } from '@switchboard/database/embedded';
import { expect, onTestFinished } from 'vitest';

import { environment } from '../config.ts';

const SOURCES = join(import.meta.dirname, '..');
/** Everything runs from the sources: tests need no build. */
const FROM_SOURCE = ['--import', 'tsx'];

/** A test's installation: a folder and two ports. */
export interface Place {
  readonly dataDir: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly port: number;
  readonly socketPort: number;
}

/** An event that a stand-in recorded. */
export interface Event {
  readonly name: string;
  readonly what: string;
  readonly pid: number;
}

/** A running start, with its output so far. */
export interface Start {
  readonly child: ChildProcess;
  readonly pid: number;
  output(): string;
}

/** A folder that is deleted after the test, and that PostgreSQL can traverse when it runs as another user. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-cli-'));
  await chmod(folder, 0o755);
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
  return folder;
}

export async function makePlace(more: NodeJS.ProcessEnv = {}): Promise<Place> {
  const dataDir = join(await temporaryFolder(), 'data');
  const [port, socketPort] = [await freePort(), await freePort()];
  const variables: NodeJS.ProcessEnv = {
    ...environment(),
    npm_lifecycle_event: undefined,
    NODE_ENV: undefined,
    DATABASE_URL: undefined,
    DATA_DIR: dataDir,
    PORT: String(port),
    SOCKET_PORT: String(socketPort),
    ...more,
  };
  return { dataDir, environment: variables, port, socketPort };
}

/** Starts the system with stand-ins, which may have special behaviors: `web:stubborn`, `relay:grandchild`, `web:refuse`. Remaining processes are killed after the test. */
export function startSystem(place: Place, ...behaviors: string[]): Start {
  const file = join(SOURCES, 'testing/start-with-fakes.ts');
  const child = spawn(process.execPath, [...FROM_SOURCE, file, join(place.dataDir, 'clone'), ...behaviors], {
    cwd: SOURCES,
    env: place.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return follow(child);
}

/** Records a process's output, and stops it gracefully after the test. */
export function follow(child: ChildProcess): Start {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  });
  return { child, pid: child.pid ?? 0, output: () => output };
}

export async function untilReady(start: Start): Promise<void> {
  // Everything starts: longer than a single condition on a busy machine.
  await expect.poll(() => start.output(), { timeout: 90_000 }).toMatch(/^ready/m);
}

/** Runs a command of the CLI. */
export async function runCli(
  place: Place,
  args: readonly string[],
  { input, env }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<{ code: number | null; output: string; errors: string }> {
  const child = spawn(process.execPath, [...FROM_SOURCE, join(SOURCES, 'main.ts'), ...args], {
    cwd: SOURCES,
    env: { ...place.environment, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  const [output, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, output, errors };
}

export async function readEvents(place: Place): Promise<Event[]> {
  const content = await readFile(join(place.dataDir, 'events.log'), 'utf8').catch(() => '');
  return content
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event);
}

/** The newest process of a stand-in. */
export async function pidOf(place: Place, name: string): Promise<number> {
  return (await readEvents(place)).findLast((event) => event.name === name && event.what === 'up')?.pid ?? 0;
}

export async function postgresPid(place: Place): Promise<number> {
  return Number((await readFile(join(place.dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]);
}

/** The embedded database's URL, from the files in the data folder. */
export async function urlOf(place: Place, database = 'switchboard'): Promise<string> {
  const { port } = JSON.parse(await readFile(join(place.dataDir, 'database.json'), 'utf8')) as { port: number };
  const { databasePassword } = JSON.parse(await readFile(join(place.dataDir, 'secrets.json'), 'utf8')) as { databasePassword: string };
  return clusterUrl(port, databasePassword, database);
}

/** All processes of a running system. */
export async function processesOf(place: Place): Promise<number[]> {
  return await Promise.all([postgresPid(place), pidOf(place, 'relay'), pidOf(place, 'web')]);
}

export async function untilGone(pids: readonly number[]): Promise<void> {
  expect(pids.every((pid) => pid > 1)).toBe(true);
  await expect.poll(() => pids.filter(isAlive)).toEqual([]);
}
