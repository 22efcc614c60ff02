import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['stories/**/*.test.ts', 'production/**/*.test.ts'],
    globalSetup: ['stage/global-setup.ts'],
    // The stories share one running system and two cores; one file at a time keeps their timing like a person's.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
