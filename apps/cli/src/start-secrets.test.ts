import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { createTestDatabase } from '@switchboard/database/testing';
import { expect, it, vi } from 'vitest';

import { ROOT } from './root.ts';
import { follow, makePlace, startSystem, untilReady } from './testing/run-start.ts';

vi.setConfig({ testTimeout: 120_000 });

const RANDOM = 'kZ3v9QmT1xW7bN5rY8cJ2hF6gD4sA0pL';

it.each([
  [{ JWT_SECRET: 'your-super-secret-jwt-key-change-this-in-production' }, /^JWT_SECRET can be guessed: /],
  [{ JWT_SECRET: '0123456789abcdef0123456789abcdef' }, /^JWT_SECRET can be guessed: /],
  [{ JWT_SECRET: RANDOM, AUTH_SECRET: RANDOM }, /^AUTH_SECRET is the same as JWT_SECRET/],
  [{ JWT_SECRET: RANDOM, METRICS_TOKEN: 'changeme-changeme-changeme-12345678' }, /^METRICS_TOKEN can be guessed: /],
])('does not start in production with %j, nor does a server on its own', async (secrets, line) => {
  const place = await makePlace({ NODE_ENV: 'production', ...secrets });
  const start = startSystem(place);
  expect(await once(start.child, 'close')).toEqual([1, null]);
  expect(start.output()).toMatch(line);
  expect(existsSync(place.dataDir)).toBe(false);
  const relay = follow(
    spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'apps/relay/src/main.ts')], {
      cwd: ROOT,
      env: place.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
  expect(await once(relay.child, 'close')).toEqual([1, null]);
  expect(relay.output()).toBe(start.output());
});

it('starts outside production with a weak secret, and warns', async () => {
  const { database, url } = await createTestDatabase();
  await database.close();
  const start = startSystem(await makePlace({ DATABASE_URL: url, JWT_SECRET: '0123456789abcdef0123456789abcdef' }));
  await untilReady(start);
  expect(start.output()).toMatch(/^JWT_SECRET can be guessed: .* refused with NODE_ENV=production\.$/m);
});
