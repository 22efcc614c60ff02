import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { checkProduction, readConfig, readEnvironment } from './config.ts';
import { temporaryFolder } from './testing/run-start.ts';

const SECRET = 'kZ3v9QmT1xW7bN5rY8cJ2hF6gD4sA0pL';

it('requires no settings', () => {
  expect(readConfig({}, '/repo')).toMatchObject({
    production: false,
    port: 3000,
    socketPort: 3001,
    frontendUrl: 'http://localhost:3000',
    socketUrl: 'http://localhost:3001',
    socketPath: '/chat',
    databaseUrl: undefined,
    dataDir: '/repo/.data',
  });
});

it('derives URLs from the ports', () => {
  expect(readConfig({ PORT: '4000', SOCKET_PORT: '4001', DATA_DIR: '/data', DATABASE_URL: '' }, '/repo')).toMatchObject({
    frontendUrl: 'http://localhost:4000',
    socketUrl: 'http://localhost:4001',
    dataDir: '/data',
    databaseUrl: undefined,
  });
});

it.each([
  [{ PORT: '80a' }, 'PORT is "80a"; it must be a port number, 1 to 65535.'],
  [{ SOCKET_PORT: '3000' }, 'SOCKET_PORT is "3000"; it must be another port than PORT, which is the same.'],
  [{ JWT_SECRET: 'short' }, /^JWT_SECRET is a value of 5 bytes; it must be a random text of at least 32 bytes, /],
])('says in one line what %j was and must be', (environment, line) => {
  expect(() => readConfig(environment, '/repo')).toThrow(line);
});

it('generates no secret in production', () => {
  expect(() => checkProduction(readConfig({ NODE_ENV: 'production' }, '/repo'))).toThrow(
    /^JWT_SECRET is not set; with NODE_ENV=production it must be a random text of at least 32 bytes, /,
  );
  expect(() => checkProduction(readConfig({ NODE_ENV: 'production', JWT_SECRET: SECRET }, '/repo'))).not.toThrow();
  expect(() => checkProduction(readConfig({}, '/repo'))).not.toThrow();
});

it('reads variables from .env that the environment lacks', async () => {
  const root = await temporaryFolder();
  await writeFile(join(root, '.env'), '# ours\nSWITCHBOARD_TEST_ONLY="from the file"\nPATH=nowhere\n');
  const environment = readEnvironment(root);
  expect(environment.SWITCHBOARD_TEST_ONLY).toBe('from the file');
  expect(environment.PATH).not.toBe('nowhere');
});
