import { fail, type Outcome, skip } from './outcome.ts';

/** The timeout of a check on an idle machine, in milliseconds. */
const TIMEOUT_MS = 5_000;

/** One check of the doctor. */
export interface Check {
  readonly group: string;
  /** The expected state as a statement. It is printed after OK as well as after FAIL. */
  readonly what: string;
  /** Checks that must pass before this one makes sense. They come earlier in the list. */
  readonly after?: readonly Check[];
  /** The timeout on an idle machine, in milliseconds, where five seconds are too short. */
  readonly timeoutMs?: number;
  /** The signal is aborted at the timeout. */
  readonly run: (signal: AbortSignal) => Promise<Outcome>;
}

export type Result = Pick<Check, 'group' | 'what'> & Outcome;

/**
 * Runs all checks concurrently, each with a timeout, and returns their results in the order of the list. Never rejects.
 *
 * @param busy how much longer work takes than on an idle machine
 */
export async function runChecks(checks: readonly Check[], busy = 1): Promise<Result[]> {
  const outcomes = new Map<Check, Promise<Outcome>>();
  for (const check of checks) outcomes.set(check, runAfterPrerequisites(check, outcomes, busy));
  return await Promise.all(
    checks.map(async (check) => ({ group: check.group, what: check.what, ...(await (outcomes.get(check) as Promise<Outcome>)) })),
  );
}

async function runAfterPrerequisites(check: Check, outcomes: ReadonlyMap<Check, Promise<Outcome>>, busy: number): Promise<Outcome> {
  for (const earlier of check.after ?? []) {
    const outcome = await outcomes.get(earlier);
    if (outcome?.status === 'fail') return skip(`needs "${earlier.what}"`);
    if (outcome?.status === 'skip') return outcome;
  }
  return await runWithTimeout(check, Math.round((check.timeoutMs ?? TIMEOUT_MS) * busy));
}

async function runWithTimeout({ run }: Check, timeoutMs: number): Promise<Outcome> {
  const timedOut = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => {
      // Resolve before aborting: the errors of aborted requests don't matter.
      resolve(fail(`no answer within ${timeoutMs / 1_000} s`, 'It is overloaded, frozen, or blocked by a firewall.'));
      timedOut.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([run(timedOut.signal), late]);
  } catch (error) {
    return fail(`the check failed (${oneLine(error)})`, 'This is unexpected: please report it with this line.');
  } finally {
    clearTimeout(timer);
  }
}

/** The message of an error, in one line. */
export function oneLine(error: unknown): string {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const text = inner instanceof Error ? inner.message || inner.name : String(inner);
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join(' ')
    .slice(0, 300);
}
