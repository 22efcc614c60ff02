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
import { type ServiceFailedError, type Running, type Service, Supervision } from './supervise.ts';
import type { Terminal } from './terminal.ts';

/** How often a starting server is polled for readiness. */
const READY_POLL_MS = 50;
const READY_TIMEOUT_MS = 60_000;

/** The configuration and callbacks of a system. */
export interface SystemOptions {
  readonly dataDir: DataDir;
  readonly terminal: Terminal;
  /** Aborts when the system should stop. */
  readonly stopping: AbortSignal;
}

/** The services of one installation: each is kept running, and they are stopped in reverse order of their start. */
export class System {
  readonly #options: SystemOptions;
  readonly #processes: ProcessList;
  readonly #running: Supervision[] = [];
  readonly #logs: ServerLog[] = [];
  readonly #gaveUp: Promise<never>;
  #giveUp: (error: ServiceFailedError) => void = () => undefined;

  constructor(options: SystemOptions) {
    this.#options = options;
    this.#processes = new ProcessList(options.dataDir);
    this.#gaveUp = new Promise((_resolve, reject) => {
      this.#giveUp = reject;
    });
    // Callers that wait for it get the rejection, now or later.
    this.#gaveUp.catch(() => undefined);
  }

  /** Rejects with `ServiceFailedError` when a service keeps ending. */
  get gaveUp(): Promise<never> {
    return this.#gaveUp;
  }

  /** Starts the embedded PostgreSQL and returns the URL of our database, which stays the same as long as this process runs. */
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

  /** Starts a server and keeps it running. Use `waitUntilReady` to wait until it works. */
  async startServer(name: string, spec: ProgramSpec): Promise<Supervision> {
    const log = this.#openLog(name);
    const start = async (): Promise<Running> => {
      const running = await startProgram(spec, (line, stream) => log.write(line, stream));
      await this.#processes.note(name, running.pid);
      return running;
    };
    return await this.#supervise({ name, start, lastLines: () => log.lastLines() });
  }

  /** Resolves when the server answers 200 at `url`, its `/readyz`. */
  async waitUntilReady(name: string, supervision: Supervision, url: string): Promise<void> {
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

  /** Stops all services in reverse order of their start. */
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
    // It does not listen yet, or did not answer in time.
    return error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  }
}

/**
 * Runs one of our commands in a separate process and returns its output.
 *
 * @param say called immediately with each line that begins with `WAITING`
 * @throws UserError with the command's error line when it fails
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
