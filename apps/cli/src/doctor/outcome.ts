/** What looking at one thing came to. */
export type Outcome =
  | { readonly status: 'ok'; readonly note?: string }
  | {
      readonly status: 'warn' | 'fail';
      /** What is wrong, without a full stop. */
      readonly problem: string;
      /** What to do, in whole sentences. */
      readonly advice: string;
    }
  | {
      readonly status: 'skip';
      /** Why nobody looked, without a full stop. */
      readonly problem: string;
    };

/** All is well; `note` is what was found, in a few words. */
export function ok(note?: string): Outcome {
  return note === undefined ? { status: 'ok' } : { status: 'ok', note };
}

/** It works, and will not always. */
export function warn(problem: string, advice: string): Outcome {
  return { status: 'warn', problem, advice };
}

/** Somebody is not served, or a promise is not kept. */
export function fail(problem: string, advice: string): Outcome {
  return { status: 'fail', problem, advice };
}

/** Nobody could look, or there is nothing to look at. */
export function skip(problem: string): Outcome {
  return { status: 'skip', problem };
}
