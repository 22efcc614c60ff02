import { fail, ok, type Outcome, warn } from './outcome.ts';

const WARN_MS = 1_000;
/** Tokens tolerate clocks that differ by so much. */
const FAIL_MS = 60_000;

const NTP = 'Have both machines set their clocks by NTP (timedatectl set-ntp true).';

/** Another machine's clock as it was read: its time lies within `uncertaintyMs` around `theirs`, when ours was `ours`. Milliseconds since 1970. */
export interface ClockReading {
  readonly theirs: number;
  readonly ours: number;
  readonly uncertaintyMs: number;
}

/** Whether two clocks agree, as far as the reading can tell. */
export function judgeClock({ theirs, ours, uncertaintyMs }: ClockReading): Outcome {
  const difference = theirs - ours;
  const atLeast = Math.max(0, Math.abs(difference) - uncertaintyMs);
  const told = `it is ${(Math.abs(difference) / 1_000).toFixed(1)} s ${difference < 0 ? 'behind' : 'ahead of'} this machine's`;
  if (atLeast > FAIL_MS) return fail(told, `Tokens are refused and times are wrong with more than 60 s. ${NTP}`);
  if (atLeast > WARN_MS) return warn(told, NTP);
  return ok(`${Math.round(atLeast)} ms apart`);
}

/** The clock of whoever answered, by the `Date` header, which is cut to whole seconds. Undefined without one. */
export function readDateHeader(
  headers: Headers,
  { sent, received }: { readonly sent: number; readonly received: number },
): ClockReading | undefined {
  const date = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(date)) return undefined;
  return { theirs: date + 500, ours: (sent + received) / 2, uncertaintyMs: 500 + (received - sent) / 2 };
}
