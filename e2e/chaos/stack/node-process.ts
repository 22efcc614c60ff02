import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** A program to run. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds that it has to stop after a signal; 6,000 by default. */
  readonly stopTimeoutMs?: number;
}

const STOP_TIMEOUT_MS = 6_000;
const READY_WITHIN_MS = 240_000;
/** Lines of output that are kept of each process. */
const KEPT_LINES = 400;
/** What a server prints about an unhandled error. */
const STRAY = /unhandled rejection|uncaught exception|UnhandledPromiseRejection|unhandledRejection|uncaughtException/;

/** One server process that a test controls. */
export class Server {
  readonly name: string;
  readonly lines: string[] = [];
  /** Lines about unhandled errors. */
  readonly strays: string[] = [];
  readonly #program: Program;
  readonly #readyUrl: string | undefined;
  #child: ChildProcess | undefined;
  /** How often the process ended without a signal from here. */
  unexpectedEnds = 0;
  #expectsEnd = false;

  constructor(name: string, program: Program, readyUrl?: string) {
    this.name = name;
    this.#program = program;
    this.#readyUrl = readyUrl;
  }

  /** Forgets the errors that were recorded. */
  begin(): void {
    this.strays.length = 0;
    this.unexpectedEnds = 0;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts it, unless it runs, and waits until it is ready. `extra` is added to its environment for this start only. */
  async start(extra: NodeJS.ProcessEnv = {}): Promise<void> {
    if (!this.isRunning()) this.#spawn(extra);
    await this.ready();
  }

  /** Resolves when it is ready. @throws Error with its last lines when that takes longer than 4 minutes */
  async ready(): Promise<void> {
    if (this.#readyUrl === undefined) return;
    let answer = 'nothing yet';
    for (const end = Date.now() + READY_WITHIN_MS; ; await delay(25)) {
      try {
        const response = await fetch(this.#readyUrl, { signal: AbortSignal.timeout(15_000) });
        answer = await response.text();
        if (response.ok) return;
      } catch (error) {
        answer = String(error);
      }
      const problem = this.isRunning() ? 'is not ready' : 'ended at its start';
      if (!this.isRunning() || Date.now() > end) throw new Error(`${this.name} ${problem}: ${answer}\n${this.lines.slice(-20).join('\n')}`);
    }
  }

  /** Sends a signal. For a signal that ends it, resolves when it has ended. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || !this.isRunning()) return;
    const ends = signal !== 'SIGSTOP' && signal !== 'SIGCONT';
    if (ends) this.#expectsEnd = true;
    const gone = ends ? once(child, 'exit') : undefined;
    child.kill(signal);
    if (signal === 'SIGKILL') child.kill('SIGCONT');
    // A supervisor also kills a process that does not stop in time.
    const killTimer = setTimeout(() => ends && child.kill('SIGKILL'), this.#program.stopTimeoutMs ?? STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(killTimer);
  }

  /** Resident memory, in bytes. */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1_024;
  }

  #spawn(extra: NodeJS.ProcessEnv): void {
    const { command, args, cwd, env } = this.#program;
    this.#expectsEnd = false;
    const child = spawn(command, args, { cwd, env: { ...env, ...extra }, stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    const read = (chunk: string) => {
      for (const line of chunk.split('\n').filter(Boolean)) {
        this.lines.push(line);
        if (this.lines.length > KEPT_LINES) this.lines.shift();
        if (STRAY.test(line)) this.strays.push(line);
      }
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.stdin.on('error', () => undefined); // A killed child leaves a broken pipe.
    child.once('exit', () => {
      if (!this.#expectsEnd && this.#child === child) this.unexpectedEnds += 1;
    });
  }
}

/** A process with all its descendants. */
export async function familyOf(pid: number): Promise<number[]> {
  const parents = new Map<number, number[]>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => ''); // It may have ended since the folder was read.
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    parents.set(parent, [...(parents.get(parent) ?? []), Number(name)]);
  }
  const family = [pid];
  for (const member of family) family.push(...(parents.get(member) ?? []));
  return family;
}
