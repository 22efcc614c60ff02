import { setTimeout as delay } from 'node:timers/promises';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One life of a service. */
export interface Running {
  readonly pid: number;
  /** Settles when it has ended, for whatever reason. */
  readonly exited: Promise<Exit>;
  /** Ends it and whatever it left behind; does nothing more when it has ended. */
  stop(): Promise<void>;
}

/** Something that is to run for as long as we do. */
export interface Service {
  readonly name: string;
  start(): Promise<Running>;
  /** What it printed last, oldest first. */
  lastLines(): readonly string[];
}

/** When to start a service again, and when to give up. */
export interface Policy {
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** So many ends within `windowMs` are too many. */
  readonly maxDeaths: number;
  readonly windowMs: number;
}

const POLICY: Policy = { firstDelayMs: 200, maxDelayMs: 5_000, maxDeaths: 10, windowMs: 60_000 };

/** Milliseconds to wait before the next start, after so many recent ends (1 or more): twice as long each time, up to a limit. */
export function pauseMs({ firstDelayMs, maxDelayMs }: Policy, deaths: number): number {
  return Math.min(maxDelayMs, firstDelayMs * 2 ** (deaths - 1));
}

/** A service does not stay up. `lastLines` is what it printed last. */
export class GaveUp extends Error {
  override readonly name = 'GaveUp';
  constructor(
    message: string,
    readonly lastLines: readonly string[],
  ) {
    super(message);
  }
}

/** Who hears what happens to a service. */
export interface Listener {
  onRestart(line: string): void;
  onGiveUp(error: GaveUp): void;
}

/** A service that is kept running. */
export class Supervision {
  readonly #service: Service;
  readonly #listener: Listener;
  readonly #policy: Policy;
  readonly #stopping = new AbortController();
  readonly #lives: Promise<void>;
  #deaths: number[] = [];
  #ready = false;
  #running: Running | undefined;

  private constructor(service: Service, first: Running, listener: Listener, policy: Policy) {
    this.#service = service;
    this.#listener = listener;
    this.#policy = policy;
    this.#lives = this.#live(first);
  }

  /** Starts the service and keeps it running until `stop`. Rejects when the first start fails. */
  static async begin(service: Service, listener: Listener, policy: Policy = POLICY): Promise<Supervision> {
    return new Supervision(service, await service.start(), listener, policy);
  }

  /** It works. Until then an exit of its own accord (not by a signal) means that it can't: another start would end the same way. */
  markReady(): void {
    this.#ready = true;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running?.stop();
    await this.#lives;
  }

  async #live(first: Running): Promise<void> {
    for (let running: Running | undefined = first; running !== undefined;) {
      this.#running = running;
      if (this.#stopping.signal.aborted) await running.stop();
      const exit = await running.exited;
      await running.stop();
      this.#running = undefined;
      running = await this.#again(exit);
    }
  }

  /** The service's next life, after a pause that grows with the number of recent ends; undefined when there is to be none. */
  async #again(exit: Exit): Promise<Running | undefined> {
    let reason: string = exit.signal ?? `exit code ${exit.code}`;
    for (let byItself = exit.signal === null; !this.#stopping.signal.aborted; byItself = true) {
      const now = Date.now();
      this.#deaths = [...this.#deaths.filter((at) => now - at < this.#policy.windowMs), now];
      const problem = this.#hopeless(reason, byItself);
      if (problem !== undefined) {
        this.#listener.onGiveUp(new GaveUp(problem, this.#service.lastLines()));
        return undefined;
      }
      this.#listener.onRestart(`${this.#service.name} ended (${reason}); starting it again`);
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

  #hopeless(reason: string, byItself: boolean): string | undefined {
    const { name } = this.#service;
    if (!this.#ready && byItself) return `${name} did not start (${reason}).`;
    const { maxDeaths, windowMs } = this.#policy;
    if (this.#deaths.length >= maxDeaths) return `${name} ended ${maxDeaths} times within ${windowMs / 1000} s (the last time: ${reason}).`;
    return undefined;
  }

  async #pause(): Promise<void> {
    try {
      await delay(pauseMs(this.#policy, this.#deaths.length), undefined, { signal: this.#stopping.signal });
    } catch (error) {
      if (!this.#stopping.signal.aborted) throw error; // Otherwise `stop` cut the pause short.
    }
  }
}
