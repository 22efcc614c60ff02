import { setTimeout as delay } from 'node:timers/promises';

/** The exit of a process. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running process of a service. */
export interface Running {
  readonly pid: number;
  /** Resolves when it has ended, for any reason. */
  readonly exited: Promise<Exit>;
  /** Ends it and its remaining child processes; only the latter when it has ended. */
  stop(): Promise<void>;
}

/** A service that runs as long as this process. */
export interface Service {
  readonly name: string;
  start(): Promise<Running>;
  /** Its last output, oldest line first. */
  lastLines(): readonly string[];
}

/** When to restart a service, and when to give up. */
export interface Policy {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** The number of exits within `windowMs` at which to give up. */
  readonly maxExits: number;
  readonly windowMs: number;
}

const POLICY: Policy = { firstDelayMs: 200, maxDelayMs: 5_000, maxExits: 10, windowMs: 60_000 };

/** Backoff before the next start, in milliseconds, after a number of recent exits (1 or more): doubled each time, up to a limit. */
export function pauseMs({ firstDelayMs, maxDelayMs }: Policy, exits: number): number {
  return Math.min(maxDelayMs, firstDelayMs * 2 ** (exits - 1));
}

/** A service keeps ending. `lastLines` is its last output. */
export class ServiceFailedError extends Error {
  override readonly name = 'ServiceFailedError';
  constructor(
    message: string,
    readonly lastLines: readonly string[],
  ) {
    super(message);
  }
}

/** Callbacks for restarts and failures of a service. */
export interface Listener {
  onRestart(line: string): void;
  onGiveUp(error: ServiceFailedError): void;
}

/** Keeps a service running. */
export class Supervision {
  readonly #service: Service;
  readonly #listener: Listener;
  readonly #policy: Policy;
  readonly #stopping = new AbortController();
  readonly #runs: Promise<void>;
  #exits: number[] = [];
  #ready = false;
  #running: Running | undefined;

  private constructor(service: Service, first: Running, listener: Listener, policy: Policy) {
    this.#service = service;
    this.#listener = listener;
    this.#policy = policy;
    this.#runs = this.#superviseRuns(first);
  }

  /** Starts the service and keeps it running until `stop`. Rejects when the first start fails. */
  static async begin(service: Service, listener: Listener, policy: Policy = POLICY): Promise<Supervision> {
    return new Supervision(service, await service.start(), listener, policy);
  }

  /** Marks the service as working. Before that, an exit without a signal means that it can't work, so it is not restarted. */
  markReady(): void {
    this.#ready = true;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.stop();
    await this.#runs;
  }

  async #superviseRuns(first: Running): Promise<void> {
    for (let running: Running | undefined = first; running !== undefined;) {
      this.#running = running;
      if (this.#stopping.signal.aborted) await running.stop();
      const exit = await running.exited;
      await running.stop();
      this.#running = undefined;
      running = await this.#restart(exit);
    }
  }

  /** Restarts the service after a backoff; undefined when it is stopping or has failed for good. */
  async #restart(exit: Exit): Promise<Running | undefined> {
    let reason: string = exit.signal ?? `exit code ${exit.code}`;
    for (let onItsOwn = exit.signal === null; !this.#stopping.signal.aborted; onItsOwn = true) {
      const now = Date.now();
      this.#exits = [...this.#exits.filter((at) => now - at < this.#policy.windowMs), now];
      const problem = this.#reasonToGiveUp(reason, onItsOwn);
      if (problem !== undefined) {
        this.#listener.onGiveUp(new ServiceFailedError(problem, this.#service.lastLines()));
        return undefined;
      }
      this.#listener.onRestart(`${this.#service.name} ended (${reason}); restarting`);
      await this.#pause();
      if (this.#stopping.signal.aborted) return undefined;
      try {
        return await this.#service.start();
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
    }
    return undefined;
  }

  #reasonToGiveUp(reason: string, onItsOwn: boolean): string | undefined {
    const { name } = this.#service;
    if (!this.#ready && onItsOwn) return `${name} did not start (${reason}).`;
    const { maxExits, windowMs } = this.#policy;
    if (this.#exits.length >= maxExits) return `${name} ended ${maxExits} times within ${windowMs / 1000} s (most recently: ${reason}).`;
    return undefined;
  }

  async #pause(): Promise<void> {
    try {
      await delay(pauseMs(this.#policy, this.#exits.length), undefined, { signal: this.#stopping.signal });
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error; // Otherwise `stop` cut the pause short.
    }
  }
}
