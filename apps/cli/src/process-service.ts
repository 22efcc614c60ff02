import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import { codeOf } from './standalone/user-error.mjs';
import type { Environment } from './config.ts';
import type { Exit, Running } from './supervise.ts';

/** A program to run as a service. */
export interface ProgramSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Environment;
  /** How long it may take to stop before it is killed. Milliseconds. */
  readonly patienceMs: number;
}

export type OnLine = (line: string, stream: 'stdout' | 'stderr') => void;

/** How long to wait for the output of an ended program while another process holds its pipes. */
const OUTPUT_TIMEOUT_MS = 1_000;

/**
 * Runs a program tied to this process. It leads its own session and process group: Ctrl-C in the terminal reaches only this process, which stops its
 * services in order, and the program's child processes can be ended with it. Its standard input is a pipe that closes when this process ends, even when
 * killed; the program then stops (see telemetry's `endWithSupervisor`).
 */
export async function startProgram(spec: ProgramSpec, onLine: OnLine): Promise<Running> {
  const child = spawn(spec.program, spec.args, {
    cwd: spec.cwd,
    env: { ...spec.environment, SWITCHBOARD_SUPERVISED: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  for (const stream of ['stdout', 'stderr'] as const) createInterface({ input: child[stream] }).on('line', (line) => onLine(line, stream));
  // Nothing is ever written to it.
  child.stdin.on('error', () => undefined);
  const exited = untilEnded(child, pid);
  return {
    pid,
    exited,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM');
        const ended = await Promise.race([exited.then(() => true), delay(spec.patienceMs, false, { ref: false })]);
        if (!ended) endGroup(pid);
      }
      await exited;
    },
  };
}

async function untilEnded(child: ChildProcess, pid: number): Promise<Exit> {
  const closed = once(child, 'close');
  const [code, signal] = (await once(child, 'exit')) as [Exit['code'], Exit['signal']];
  endGroup(pid);
  await Promise.race([closed, delay(OUTPUT_TIMEOUT_MS)]);
  return { code, signal };
}

/** Kills the remaining processes of a process group. */
export function endGroup(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // None remain; macOS says EPERM when only zombies remain.
    const code = codeOf(error);
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
