import { afterAll, beforeAll } from 'vitest';

import { openConsoleStage, type ConsoleStage } from './console-page.ts';

/** Call at the top of a test file: a console stage that is there for all its tests and closed after them. */
export function useConsoleStage(): Pick<ConsoleStage, 'open'> {
  let stage: ConsoleStage | undefined;
  beforeAll(async () => {
    stage = await openConsoleStage();
  });
  afterAll(async () => await stage?.close());
  return {
    open: async (...given) => {
      if (stage === undefined) throw new Error('The console stage is there only while tests run.');
      return await stage.open(...given);
    },
  };
}
