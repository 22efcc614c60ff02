import { afterAll, beforeAll } from 'vitest';

import { openConsoleHarness, type ConsoleHarness } from './console-page.ts';

/** Call at the top of a test file: a console harness that is there for all its tests and closed after them. */
export function useConsoleHarness(): Pick<ConsoleHarness, 'open'> {
  let harness: ConsoleHarness | undefined;
  beforeAll(async () => {
    harness = await openConsoleHarness();
  });
  afterAll(async () => await harness?.close());
  return {
    open: async (...given) => {
      if (harness === undefined) throw new Error('The console harness is available only while tests run.');
      return await harness.open(...given);
    },
  };
}
