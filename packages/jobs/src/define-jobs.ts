import type { z } from 'zod';

/** A job that runs once for each time it is enqueued. */
export interface SingleJob<Payload extends z.ZodType = z.ZodType> {
  /** What a handler may expect. It is checked when the job is enqueued, and again when it runs: another version may have enqueued it. */
  readonly payload: Payload;
  readonly everyMs?: undefined;
  /** Runs that may fail before the job is dead; 15 unless given, which is some six hours. */
  readonly maxAttempts?: number;
  /** How long one run may take; 5 minutes unless given. */
  readonly timeoutMs?: number;
}

/** A job that runs again and again, in one web server at a time. It never dies: after a failed run the next one comes all the same. */
export interface RecurringJob {
  readonly payload?: undefined;
  /** From the end of a run to the beginning of the next one. */
  readonly everyMs: number;
  readonly timeoutMs?: number;
}

export type JobSpec = SingleJob | RecurringJob;
/** A job's name is its key in the map, which is what rows of the database hold: a renamed job leaves its rows behind. */
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
   * Aborted when the run takes too long, when the process stops, and when another process has taken the job over. A handler that stops early for it must
   * reject (`signal.throwIfAborted()`), so that the job counts as not done.
   */
  readonly signal: AbortSignal;
  /** 1 for the first run. */
  readonly attempt: number;
}

type PayloadOf<Spec extends JobSpec> = Spec extends SingleJob<infer Payload> ? z.output<Payload> : undefined;

/**
 * Does a job. The job is done when this resolves, and has failed when it rejects. It may run more than once for one job, even after it has succeeded (the
 * process may end before that is recorded), and rarely twice at the same time (a process that was frozen goes on): a second run must do no harm.
 */
export type Handler<Spec extends JobSpec> = (run: JobRun<PayloadOf<Spec>>) => Promise<void>;

/** A handler for each job of a map. */
export type Handlers<Jobs extends JobMap> = { readonly [Name in keyof Jobs]: Handler<Jobs[Name]> };
