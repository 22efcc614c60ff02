import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

import { codeOf } from './standalone/user-error.mjs';
import type { Environment } from './config.ts';
import type { Exit, Running } from './supervise.ts';

/** A program to be run as a service. */
export interface ProgramSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: Environment;
  /** How long it may take to end in order before it is made to. */
  readonly patienceMs: number;
}

export type OnLine = (line: string, stream: 'stdout' | 'stderr') => void;

/** How long output of a program that has ended may take to arrive, should something else still hold its pipes. */
const LAST_WORDS_MS = 1_000;

/**
 * Runs a program tied to this process. It leads a process group (a session even) of its own: Ctrl-C in the terminal reaches us and not it, so that
 * things stop in our order, and whatever it started can be ended with it. Its standard input is a pipe that ends when we do, however suddenly, and by
 * which it ends itself (see telemetry's `endWithSupervisor`).
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
  // Nothing is ever written there.
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
  await Promise.race([closed, delay(LAST_WORDS_MS)]);
  return { code, signal };
}

/** Ends what is left of a process group. */
export function endGroup(pid: number, signal: NodeJS.Signals = 'SIGKILL'): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nothing is left; macOS says EPERM when all that is left are zombies.
    const code = codeOf(error);
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
