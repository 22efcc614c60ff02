import type { Handler, Job, SingleJob } from './define-jobs.ts';
import type { TakenJob } from './job-rows.ts';

/** The outcome of a run. `dead`: it failed, and no attempt is left. `stopped`: it was interrupted because the process stops or another process took the job. */
export type RunOutcome = 'done' | 'failed' | 'dead' | 'stopped';

/** A finished run. */
export interface Attempt {
  readonly outcome: RunOutcome;
  /** The reason, unless the outcome is `done`. */
  readonly error: Error | undefined;
}

const DEFAULT_MAX_ATTEMPTS = 15;
const DEFAULT_TIMEOUT_MS = 5 * 60_000;

/** The reason of a run's abort signal when the run is interrupted without having failed. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped';
}

/**
 * Runs a handler once. Resolves when the handler ends or the job times out. On a timeout it aborts the handler's signal and no longer waits for a handler that
 * ignores it. Never rejects.
 */
export async function attemptJob(job: Job, handler: Handler<SingleJob>, taken: TakenJob, controller: AbortController): Promise<Attempt> {
  const mayFail = job.everyMs !== undefined || taken.attempts < (job.maxAttempts ?? DEFAULT_MAX_ATTEMPTS);
  try {
    // The last attempt began, but its process ended before it could record the outcome.
    if (job.everyMs === undefined && taken.attempts > (job.maxAttempts ?? DEFAULT_MAX_ATTEMPTS))
      throw new Error('The process ended during the last attempt.');
    const payload: unknown = job.payload?.parse(taken.payload);
    await withTimeout(controller, job.timeoutMs ?? DEFAULT_TIMEOUT_MS, async () => {
      await handler({ payload, signal: controller.signal, attempt: taken.attempts });
    });
    return { outcome: 'done', error: undefined };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown), { cause: thrown });
    if (controller.signal.reason instanceof RunStopped) return { outcome: 'stopped', error };
    return { outcome: mayFail ? 'failed' : 'dead', error };
  }
}

async function withTimeout(controller: AbortController, timeoutMs: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new Error(`It took longer than ${timeoutMs / 1_000} s.`);
      controller.abort(error);
      reject(error);
    }, timeoutMs).unref();
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}
