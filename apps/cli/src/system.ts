import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';

import { ensureDatabase } from '@switchboard/database/embedded';

import { UserError } from './standalone/user-error.mjs';
import type { Environment } from './config.ts';
import type { DataDir } from './data-dir.ts';
import { DATABASE_NAME, databaseUrl, startPostgres } from './embedded-database.ts';
import { ProcessList } from './leftovers.ts';
import { WAITING } from './migrate-database.ts';
import { type ProgramSpec, startProgram } from './process-service.ts';
import { ServerLog } from './server-log.ts';
import { type GaveUp, type Running, type Service, Supervision } from './supervise.ts';
import type { Terminal } from './terminal.ts';

/** How often a server that is coming up is asked whether it is ready. */
const READY_POLL_MS = 50;
const READY_TIMEOUT_MS = 60_000;

/** What a system is made of and tells. */
export interface SystemOptions {
  readonly dataDir: DataDir;
  readonly terminal: Terminal;
  /** Aborts when everything is to stop. */
  readonly stopping: AbortSignal;
}

/** The services of one installation: each kept running, and stopped in the opposite order of their start. */
export class System {
  readonly #options: SystemOptions;
  readonly #processes: ProcessList;
  readonly #running: Supervision[] = [];
  readonly #logs: ServerLog[] = [];
  readonly #gaveUp: Promise<never>;
  #giveUp: (error: GaveUp) => void = () => undefined;

  constructor(options: SystemOptions) {
    this.#options = options;
    this.#processes = new ProcessList(options.dataDir);
    this.#gaveUp = new Promise((_resolve, reject) => {
      this.#giveUp = reject;
    });
    // Whoever waits hears of it, now or later.
    this.#gaveUp.catch(() => undefined);
  }

  /** Rejects with `GaveUp` when a service does not stay up. */
  get gaveUp(): Promise<never> {
    return this.#gaveUp;
  }

  /** Starts the embedded PostgreSQL and returns the URL of our database in it, which stays the same for as long as this process runs. */
  async startDatabase(password: string): Promise<string> {
    const { dataDir, terminal, stopping } = this.#options;
    const log = this.#openLog('database');
    let port: number | undefined;
    const start = async (): Promise<Running> => {
      const cluster = await startPostgres(dataDir, password, {
        port,
        onLog: (line) => log.write(line, 'stdout'),
        onProgress: (line) => terminal.say(line),
        signal: stopping,
      });
      port ??= cluster.port;
      return cluster;
    };
    const supervision = await this.#supervise({ name: 'database', start, lastLines: () => log.lastLines() });
    supervision.markReady();
    if (port === undefined) throw new Error('unreachable');
    const url = databaseUrl(port, password);
    const admin = new URL(url);
    admin.pathname = '/postgres';
    await ensureDatabase(admin.href, DATABASE_NAME);
    return url;
  }

  /** Starts a server and keeps it running; it is up when `becomeReady` says so. */
  async startServer(name: string, spec: ProgramSpec): Promise<Supervision> {
    const log = this.#openLog(name);
    const start = async (): Promise<Running> => {
      const running = await startProgram(spec, (line, stream) => log.write(line, stream));
      await this.#processes.note(name, running.pid);
      return running;
    };
    return await this.#supervise({ name, start, lastLines: () => log.lastLines() });
  }

  /** Resolves when the server answers 200 at `url`, as `/readyz` does when it can do its work. */
  async becomeReady(name: string, supervision: Supervision, url: string): Promise<void> {
    const { stopping } = this.#options;
    for (const end = Date.now() + READY_TIMEOUT_MS; !stopping.aborted; await delay(READY_POLL_MS)) {
      const answer = await askReadiness(url, stopping);
      if (answer === 'ready') return supervision.markReady();
      if (Date.now() > end)
        throw new UserError(
          `${name} is not ready after ${READY_TIMEOUT_MS / 1000} s: ${answer}; see ${join(this.#options.dataDir.logs, `${name}.log`)}.`,
        );
    }
  }

  /** Stops everything, the last one that was started first. */
  async stop(): Promise<void> {
    for (const supervision of this.#running.splice(0).toReversed()) await supervision.stop();
    for (const log of this.#logs.splice(0)) log.close();
  }

  async #supervise(service: Service): Promise<Supervision> {
    const supervision = await Supervision.begin(service, {
      onRestart: (line) => this.#options.terminal.warn(line),
      onGiveUp: (error) => this.#giveUp(error),
    });
    this.#running.push(supervision);
    return supervision;
  }

  #openLog(name: string): ServerLog {
    const log = new ServerLog(this.#options.dataDir.logs, name, this.#options.terminal);
    this.#logs.push(log);
    return log;
  }
}

async function askReadiness(url: string, stopping: AbortSignal): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([stopping, AbortSignal.timeout(5_000)]) });
    const body = await response.text();
    return response.ok ? 'ready' : body.trim();
  } catch (error) {
    // Not listening yet, or not answering in time.
    return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  }
}

/**
 * Runs one of our own commands to its end in a process of its own and returns what it printed.
 *
 * @param say told of each line that the command begins with `WAITING`, at once
 * @throws UserError with the line that it gave when it failed
 */
export async function runCommand(
  commandFile: string,
  args: readonly string[],
  environment: Environment,
  say: (line: string) => void,
): Promise<string> {
  const child = spawn(process.execPath, [...process.execArgv, commandFile, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  const reading = createInterface({ input: child.stderr }).on('line', (line) => {
    if (line.startsWith(WAITING)) say(line);
    else errors.push(line);
  });
  const [output, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close'), once(reading, 'close')]);
  if (code === 0) return output;
  throw new UserError(errors.join('\n').trim() || `${args.join(' ')} ended with ${String(signal ?? code)}`);
}
