import { defineConfig } from 'vitest/config';

import { PATIENCE_MS } from '../vitest.config.ts';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['stories/**/*.test.ts', 'production/**/*.test.ts', 'node-versions/**/*.test.ts'],
    globalSetup: ['harness/global-setup.ts'],
    // The stories share one running system and two cores; one file at a time keeps their timing like a person's.
    fileParallelism: false,
    setupFiles: [`${import.meta.dirname}/../vitest.setup.ts`],
    expect: { poll: { timeout: 2 * PATIENCE_MS } },
    testTimeout: 6 * PATIENCE_MS,
    hookTimeout: 8 * PATIENCE_MS,
  },
});
