import { fail, type Outcome, skip } from './outcome.ts';

/** How long a look may take on an idle machine, in milliseconds. */
const LIMIT_MS = 5_000;

/** One thing to look at. */
export interface Check {
  readonly group: string;
  /** What must be so, as a statement: it stands behind OK as well as FAIL. */
  readonly what: string;
  /** What must not have failed before, for this look to say anything. They stand earlier in the list. */
  readonly after?: readonly Check[];
  /** Milliseconds on an idle machine, where the usual five seconds are too short. */
  readonly limitMs?: number;
  /** The signal aborts when the time is up. */
  readonly look: (signal: AbortSignal) => Promise<Outcome>;
}

export type Result = Pick<Check, 'group' | 'what'> & Outcome;

/**
 * Looks at everything side by side, each in its time, and returns what was found in the order of the list. Never rejects.
 *
 * @param busy how much longer everything takes on this machine than on an idle one
 */
export async function runChecks(checks: readonly Check[], busy = 1): Promise<Result[]> {
  const outcomes = new Map<Check, Promise<Outcome>>();
  for (const check of checks) outcomes.set(check, runInTurn(check, outcomes, busy));
  return await Promise.all(
    checks.map(async (check) => ({ group: check.group, what: check.what, ...(await (outcomes.get(check) as Promise<Outcome>)) })),
  );
}

async function runInTurn(check: Check, outcomes: ReadonlyMap<Check, Promise<Outcome>>, busy: number): Promise<Outcome> {
  for (const earlier of check.after ?? []) {
    const outcome = await outcomes.get(earlier);
    if (outcome?.status === 'fail') return skip(`needs "${earlier.what}"`);
    if (outcome?.status === 'skip') return outcome;
  }
  return await lookInTime(check, Math.round((check.limitMs ?? LIMIT_MS) * busy));
}

async function lookInTime({ look }: Check, limitMs: number): Promise<Outcome> {
  const patience = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Outcome>((resolve) => {
    timer = setTimeout(() => {
      // Told before the signal: what an aborted request says is of no interest any more.
      resolve(fail(`no answer within ${limitMs / 1_000} s`, 'What does not answer is overloaded, frozen, or cut off by a firewall.'));
      patience.abort();
    }, limitMs);
  });
  try {
    return await Promise.race([look(patience.signal), late]);
  } catch (error) {
    return fail(`the look at it failed (${oneLine(error)})`, 'This was not foreseen: please report it with this line.');
  } finally {
    clearTimeout(timer);
  }
}

/** What an error says, in one line. */
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
