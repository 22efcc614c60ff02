import type { z } from 'zod';

/** A job that runs once for each time it is enqueued. */
export interface SingleJob<Payload extends z.ZodType = z.ZodType> {
  /** The payload's schema. It is checked when the job is enqueued, and again when it runs: another version may have enqueued it. */
  readonly payload: Payload;
  readonly everyMs?: undefined;
  /** Failed runs before the job is dead; 15 by default, which takes about six hours. */
  readonly maxAttempts?: number;
  /** The timeout of one run; 5 minutes by default. */
  readonly timeoutMs?: number;
}

/** A job that runs at an interval, in one web server at a time. It never dies: a failed run is followed by the next one. */
export interface RecurringJob {
  readonly payload?: undefined;
  /** The time between the end of a run and the start of the next one. */
  readonly everyMs: number;
  readonly timeoutMs?: number;
}

export type JobSpec = SingleJob | RecurringJob;
/** A job, named by its key in the map. Database rows hold the name: renaming a job orphans its rows. */
export type Job<Spec extends JobSpec = JobSpec> = Spec & { readonly name: string };
export type JobMap = Readonly<Record<string, Job>>;

/** Names the jobs of a map by their keys. */
export function defineJobs<const Specs extends Readonly<Record<string, JobSpec>>>(
  specs: Specs,
): { readonly [Name in keyof Specs]: Job<Specs[Name]> } {
  const named = Object.entries(specs).map(([name, spec]) => [name, { ...spec, name }]);
  return Object.fromEntries(named) as { readonly [Name in keyof Specs]: Job<Specs[Name]> };
}

/** One run of a job. */
export interface JobRun<Payload> {
  readonly payload: Payload;
  /**
   * Aborted when the run times out, when the process stops, and when another process took the job. A handler that stops early because of it must reject
   * (`signal.throwIfAborted()`), so that the job does not count as done.
   */
  readonly signal: AbortSignal;
  /** 1 for the first run. */
  readonly attempt: number;
}

type PayloadOf<Spec extends JobSpec> = Spec extends SingleJob<infer Payload> ? z.output<Payload> : undefined;

/**
 * Runs a job. The job is done when this resolves and has failed when it rejects. Handlers must be idempotent: a job may run again even after it succeeded (the
 * process may end before it records the success), and rarely twice at the same time (when a frozen process continues).
 */
export type Handler<Spec extends JobSpec> = (run: JobRun<PayloadOf<Spec>>) => Promise<void>;

/** A handler for each job of a map. */
export type Handlers<Jobs extends JobMap> = { readonly [Name in keyof Jobs]: Handler<Jobs[Name]> };
