import { fail, ok, type Outcome, warn } from './outcome.ts';

const WARN_MS = 1_000;
/** The clock tolerance of tokens. */
const FAIL_MS = 60_000;

const NTP = 'Synchronize the clocks of both machines with NTP (timedatectl set-ntp true).';

/** A reading of another machine's clock: its time was within `uncertaintyMs` of `theirs` when ours was `ours`. Milliseconds since 1970. */
export interface ClockReading {
  readonly theirs: number;
  readonly ours: number;
  readonly uncertaintyMs: number;
}

/** Whether two clocks agree, within the uncertainty of the reading. */
export function judgeClock({ theirs, ours, uncertaintyMs }: ClockReading): Outcome {
  const difference = theirs - ours;
  const atLeast = Math.max(0, Math.abs(difference) - uncertaintyMs);
  const problem = `it is ${(Math.abs(difference) / 1_000).toFixed(1)} s ${difference < 0 ? 'behind' : 'ahead of'} this machine's`;
  if (atLeast > FAIL_MS) return fail(problem, `Tokens are refused and times are wrong with more than 60 s. ${NTP}`);
  if (atLeast > WARN_MS) return warn(problem, NTP);
  return ok(`${Math.round(atLeast)} ms apart`);
}

/** The clock of the responding server, from the `Date` header, which has whole seconds. Undefined without the header. */
export function readDateHeader(
  headers: Headers,
  { sent, received }: { readonly sent: number; readonly received: number },
): ClockReading | undefined {
  const date = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(date)) return undefined;
  return { theirs: date + 500, ours: (sent + received) / 2, uncertaintyMs: 500 + (received - sent) / 2 };
}
