/** The outcome of a check. */
export type Outcome =
  | { readonly status: 'ok'; readonly note?: string }
  | {
      readonly status: 'warn' | 'fail';
      /** The problem, without a final period. */
      readonly problem: string;
      /** Advice in whole sentences. */
      readonly advice: string;
    }
  | {
      readonly status: 'skip';
      /** The reason for skipping the check, without a final period. */
      readonly problem: string;
    };

/** The check passed; `note` is a short detail. */
export function ok(note?: string): Outcome {
  return note === undefined ? { status: 'ok' } : { status: 'ok', note };
}

/** It works now, but may fail later. */
export function warn(problem: string, advice: string): Outcome {
  return { status: 'warn', problem, advice };
}

/** Something does not work, or a guarantee is not met. */
export function fail(problem: string, advice: string): Outcome {
  return { status: 'fail', problem, advice };
}

/** The check could not be made, or there is nothing to check. */
export function skip(problem: string): Outcome {
  return { status: 'skip', problem };
}
