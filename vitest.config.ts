import { defineConfig } from 'vitest/config';

/** How long a test waits for a condition. Long, so that no test fails on a busy machine; a condition that is true at once costs no time. */
export const PATIENCE_MS = 45_000;

/** The settings of all projects. */
const common = {
  exclude: ['**/node_modules/**', '**/dist/**', '**/.next/**'],
  setupFiles: [`${import.meta.dirname}/vitest.setup.ts`],
  expect: { poll: { timeout: PATIENCE_MS } },
  testTimeout: 4 * PATIENCE_MS,
  hookTimeout: 4 * PATIENCE_MS,
};

export default defineConfig({
  test: {
    // By default Vitest leaves one processor free, half of a small machine. Tests mostly wait for other processes.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...common,
          name: 'all',
          include: [
            'packages/*/src/**/*.test.{ts,tsx}',
            'apps/*/**/*.test.{ts,tsx}',
            'e2e/chaos/**/*.test.ts',
            'bench/src/**/*.test.ts',
            'docs/*.test.ts',
            'deploy/**/*.test.ts',
            'tooling/**/*.test.ts',
          ],
          // One real PostgreSQL for all test files; each one has a separate database.
          globalSetup: ['packages/database/src/testing/global-setup.ts'],
        },
      },
      {
        // The relay must behave the same with only the documented API of Socket.IO.
        test: {
          ...common,
          name: 'relay without shortcuts',
          include: [
            'apps/relay/src/{admission,events,http}/*.test.ts',
            'apps/relay/src/{drain,memory}.test.ts',
            'apps/relay/traces/*.test.ts',
          ],
          env: { SOCKET_ENGINE_SHORTCUTS: 'false' },
        },
      },
    ],
  },
});
