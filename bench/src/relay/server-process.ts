import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from '@switchboard/database/embedded';

import type { Pinning } from './pinning.ts';
import type { Dialect } from './protocol/dialect.ts';

/** A server to measure. */
export interface Contestant {
  readonly name: string;
  /** The arguments and environment with which Node.js listens on this port of 127.0.0.1. The program must end when its standard input ends. */
  program(port: number): { readonly args: readonly string[]; readonly env: NodeJS.ProcessEnv };
  readonly dialect: Dialect;
  /** Each visitor's events reach the operators of one of so many teams of the same size. Default: of one. */
  readonly teams?: number;
  /** Mints the token of a visitor or an operator; absent for a server without tokens. */
  readonly mint?: (peer: { readonly role: 'client' | 'operator'; readonly id: number; readonly address: string }) => Promise<string>;
}

/** A running contestant. */
export interface Server {
  readonly contestant: Contestant;
  readonly port: number;
  /** Processor time of all its threads, in seconds. */
  cpuSeconds(): number;
  /** Resident memory. */
  bytes(): number;
  stop(): Promise<void>;
}

const START_WITHIN_MS = 30_000;
const NANOSECONDS = 1e9;

/** Starts a contestant in its own process and resolves when it listens. @throws Error with its error output when it does not */
export async function startServer(contestant: Contestant, pinning: Pinning | undefined): Promise<Server> {
  const port = await freePort();
  const { args, env } = contestant.program(port);
  const pin = pinning === undefined ? [] : ['taskset', '-c', String(pinning.server)];
  const [command = '', ...rest] = [...pin, process.execPath, ...args];
  const { PATH, HOME } = process.env;
  const child = spawn(command, rest, { env: { PATH, HOME, NODE_ENV: 'production', ...env }, stdio: ['pipe', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  let errorOutput = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errorOutput += chunk));
  child.stdin.on('error', () => undefined); // It may have ended before.
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  for (const end = Date.now() + START_WITHIN_MS; !(await isListening(port)); await delay(50)) {
    if (child.exitCode === null && Date.now() < end) continue;
    await stop();
    throw new Error(`${contestant.name} did not start:\n${errorOutput}`);
  }
  const pid = child.pid ?? 0;
  return { contestant, port, cpuSeconds: () => cpuSecondsOf(pid), bytes: () => bytesOf(pid), stop };
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** Read from the scheduler, whose clock is finer than that of /proc/<pid>/stat. @throws Error on systems other than Linux, which have no such file */
function cpuSecondsOf(pid: number): number {
  let nanoseconds = 0;
  for (const task of readdirSync(`/proc/${pid}/task`))
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  return nanoseconds / NANOSECONDS;
}

function bytesOf(pid: number): number {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;
}
