import { defineConfig } from 'vitest/config';

/** How long a test waits for what must happen before it fails. Long, so that a busy machine fails nothing; what happens at once is not waited for. */
export const PATIENCE_MS = 45_000;

/** What all projects share. */
const common = {
  exclude: ['**/node_modules/**', '**/dist/**', '**/.next/**'],
  setupFiles: [`${import.meta.dirname}/vitest.setup.ts`],
  expect: { poll: { timeout: PATIENCE_MS } },
  testTimeout: 4 * PATIENCE_MS,
  hookTimeout: 4 * PATIENCE_MS,
};

export default defineConfig({
  test: {
    // Vitest would leave one processor free, which on a small machine is half of it; much of the time tests wait for other processes.
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
          // One real PostgreSQL for all; every test file has a database of its own on it.
          globalSetup: ['packages/database/src/testing/global-setup.ts'],
        },
      },
      {
        // The relay behaves the same with the documented API of Socket.IO only.
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
