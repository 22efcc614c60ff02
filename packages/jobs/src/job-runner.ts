import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

import type { Database } from '@switchboard/database';

import { type Attempt, attemptJob, RunStopped, type RunOutcome } from './attempt.ts';
import { backoffMs } from './backoff.ts';
import type { Handler, Handlers, Job, JobMap, SingleJob } from './define-jobs.ts';
import { extendLeases, finishJob, releaseJob, scheduleRecurringJobs, takeDueJobs, type TakenJob } from './job-rows.ts';

/** The log of a runner. Telemetry's `Logger` fits. */
export interface JobLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** Runs jobs as they become due. Runners in several processes share a database: a job that one has taken is not taken by another. */
export interface JobRunner {
  /** Starts taking jobs; waits while the database is down. */
  start(): void;
  /**
   * Stops taking jobs. Handlers have `graceMs` to end, and another `graceMs` after their signals are aborted. Resolves when all have ended or the time is over;
   * other processes take the remaining jobs when their leases expire.
   */
  stop(graceMs: number): Promise<void>;
}

export interface JobRunnerOptions<Jobs extends JobMap> {
  readonly db: Pick<Database, 'prisma'>;
  readonly log: JobLog;
  readonly jobs: Jobs;
  readonly handlers: Handlers<Jobs>;
  /** Jobs that run at the same time in this process; 2 by default. */
  readonly concurrency?: number;
  /** How long a job stays with this process without an extension, in milliseconds; a minute by default. */
  readonly leaseMs?: number;
  readonly onRun?: RunListener;
}

/** Called after each run. */
export type RunListener = (name: string, outcome: RunOutcome, seconds: number) => void;

const DEFAULT_CONCURRENCY = 2;
const LEASE_MS = 60_000;
const EXTENSIONS_PER_LEASE = 3;
/** The polling interval of an idle runner, and the retry interval while the database is down. Milliseconds. */
const POLL_MS = 1_000;
const DATABASE_DOWN_MS = 5_000;
const SCHEDULE_EVERY_MS = 60_000;
const MAX_ERROR_CHARS = 500;

interface Run {
  readonly taken: TakenJob;
  readonly controller: AbortController;
  readonly finished: Promise<void>;
}

/** Makes a runner. It does nothing before `start`. */
export function createJobRunner<Jobs extends JobMap>(options: JobRunnerOptions<Jobs>): JobRunner {
  return new Runner(options);
}

class Runner<Jobs extends JobMap> implements JobRunner {
  readonly #options: JobRunnerOptions<Jobs>;
  readonly #concurrency: number;
  readonly #leaseMs: number;
  readonly #runs = new Set<Run>();
  /** Aborted at the end of `stop`: ends retries and extensions of leases. */
  readonly #closed = new AbortController();
  #loop: Promise<void> | undefined;
  #stopping = false;
  #databaseDown = false;
  #scheduledAt = Number.NEGATIVE_INFINITY;
  #wake: () => void = () => undefined;

  constructor(options: JobRunnerOptions<Jobs>) {
    this.#options = options;
    this.#concurrency = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
  }

  start(): void {
    if (this.#loop !== undefined || this.#stopping) return;
    this.#loop = this.#takeJobs();
    void this.#keepLeases();
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#wake();
    await this.#loop;
    await this.#untilIdle(graceMs);
    for (const { controller } of this.#runs) controller.abort(new RunStopped('The process stops.'));
    await this.#untilIdle(graceMs);
    this.#closed.abort();
  }

  /** Resolves when no job runs, or after `graceMs`. */
  async #untilIdle(graceMs: number): Promise<void> {
    const cancel = new AbortController();
    const idle = Promise.all([...this.#runs].map(async (run) => await run.finished));
    await Promise.race([idle, pause(graceMs, cancel.signal)]);
    cancel.abort();
  }

  async #takeJobs(): Promise<void> {
    while (!this.#stopping) {
      const free = this.#concurrency - this.#runs.size;
      const taken = free > 0 ? await this.#take(free) : [];
      for (const job of taken) this.#begin(job);
      if (taken.length < free || this.#runs.size >= this.#concurrency)
        await this.#untilWoken(this.#databaseDown ? DATABASE_DOWN_MS : POLL_MS);
    }
  }

  /** Takes due jobs; none while the database is down. */
  async #take(limit: number): Promise<TakenJob[]> {
    const { db, jobs, log } = this.#options;
    try {
      if (performance.now() - this.#scheduledAt >= SCHEDULE_EVERY_MS) {
        await scheduleRecurringJobs(db, recurringOf(jobs));
        this.#scheduledAt = performance.now();
      }
      const taken = await takeDueJobs(db, { names: Object.keys(jobs), limit, leaseMs: this.#leaseMs, leaseId: randomUUID() });
      this.#databaseDown = false;
      return taken;
    } catch (error) {
      if (!this.#databaseDown) log.warn({ err: error }, 'could not take jobs from the database; retrying');
      this.#databaseDown = true;
      return [];
    }
  }

  /** Resolves after about `ms`, at the end of a run, or when the runner stops. */
  async #untilWoken(ms: number): Promise<void> {
    if (this.#stopping) return;
    await new Promise<void>((resolve) => {
      // Jitter, so that runners that started together do not poll together.
      const timer = setTimeout(resolve, ms * (0.5 + Math.random())).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #begin(taken: TakenJob): void {
    const controller = new AbortController();
    const finished = this.#run(taken, controller).finally(() => {
      this.#runs.delete(run);
      this.#wake();
    });
    const run: Run = { taken, controller, finished };
    this.#runs.add(run);
  }

  /** Runs a job and records the outcome. Never rejects. */
  async #run(taken: TakenJob, controller: AbortController): Promise<void> {
    const { jobs, handlers, onRun } = this.#options;
    const begun = performance.now();
    const job = jobs[taken.name] as Job;
    // `Handlers` ties each handler to its job's payload. The name is known only at run time here; `attemptJob` checks the payload first.
    const attempt = await attemptJob(job, handlers[taken.name] as Handler<SingleJob>, taken, controller);
    onRun?.(taken.name, attempt.outcome, (performance.now() - begun) / 1_000);
    this.#report(taken, attempt);
    await this.#recordWithRetry(taken, async () => await this.#record(job, taken, attempt));
  }

  #report({ name, id, attempts }: TakenJob, { outcome, error }: Attempt): void {
    const fields = { job: name, id, attempt: attempts, err: error };
    if (outcome === 'failed') this.#options.log.warn(fields, 'a job failed; it will run again');
    if (outcome === 'dead') this.#options.log.error(fields, 'a job failed and has no attempt left');
  }

  /** @returns false when this process no longer held the job */
  async #record(job: Job, taken: TakenJob, { outcome, error }: Attempt): Promise<boolean> {
    const { db } = this.#options;
    const { everyMs } = job;
    if (outcome === 'done' && everyMs === undefined) return await finishJob(db, taken);
    if (outcome === 'done') return await releaseJob(db, taken, { afterMs: everyMs ?? 0, dead: false, attempts: 0, error: null });
    if (outcome === 'stopped')
      return await releaseJob(db, taken, { afterMs: 0, dead: false, attempts: taken.attempts - 1, error: taken.lastError });
    const afterMs = Math.min(backoffMs(taken.attempts), everyMs ?? Number.POSITIVE_INFINITY);
    return await releaseJob(db, taken, { afterMs, dead: outcome === 'dead', attempts: taken.attempts, error: describe(error) });
  }

  /** Retries until the runner is closed. Until it succeeds, the job counts as running and occupies a slot. */
  async #recordWithRetry({ name, id }: TakenJob, record: () => Promise<boolean>): Promise<void> {
    const fields = { job: name, id };
    while (!this.#closed.signal.aborted) {
      try {
        if (!(await record())) this.#options.log.warn(fields, 'another process has taken a job that was running here');
        return;
      } catch (error) {
        this.#options.log.warn({ ...fields, err: error }, 'could not record the outcome of a job; retrying');
        await pause(POLL_MS, this.#closed.signal);
      }
    }
  }

  /** Extends the leases of running jobs, and aborts those that another process took. */
  async #keepLeases(): Promise<void> {
    for (;;) {
      await pause(this.#leaseMs / EXTENSIONS_PER_LEASE, this.#closed.signal);
      if (this.#closed.signal.aborted) return;
      const runs = [...this.#runs];
      try {
        const kept =
          runs.length === 0
            ? new Set()
            : await extendLeases(
                this.#options.db,
                runs.map(({ taken }) => taken),
                this.#leaseMs,
              );
        for (const { taken, controller } of runs)
          if (!kept.has(taken.id)) controller.abort(new RunStopped('Another process has taken the job.'));
      } catch (error) {
        this.#options.log.warn({ err: error, jobs: runs.length }, 'could not extend the leases of jobs; retrying');
      }
    }
  }
}

function recurringOf(jobs: JobMap): { name: string; everyMs: number }[] {
  return Object.values(jobs).flatMap(({ name, everyMs }) => (everyMs === undefined ? [] : [{ name, everyMs }]));
}

/** Waits for `ms`, or until `signal` is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

/** The message that is stored with the job and shown to administrators: without control characters, cut to a limit. */
function describe(error: Error | undefined): string {
  return (error?.message ?? '').replaceAll(/\p{Cc}+/gu, ' ').slice(0, MAX_ERROR_CHARS);
}
