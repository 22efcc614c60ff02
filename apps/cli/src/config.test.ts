import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import { checkProduction, readConfig, readEnvironment } from './config.ts';
import { temporaryFolder } from './testing/run-start.ts';

const SECRET = 'kZ3v9QmT1xW7bN5rY8cJ2hF6gD4sA0pL';

it('needs nothing', () => {
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

it('follows the ports', () => {
  expect(readConfig({ PORT: '4000', SOCKET_PORT: '4001', DATA_DIR: '/data', DATABASE_URL: '' }, '/repo')).toMatchObject({
    frontendUrl: 'http://localhost:4000',
    socketUrl: 'http://localhost:4001',
    dataDir: '/data',
    databaseUrl: undefined,
  });
});

it.each([
  [{ PORT: '80a' }, 'PORT is "80a"; it must be a port number, 1 to 65535.'],
  [{ SOCKET_PORT: '70000' }, 'SOCKET_PORT is "70000"; it must be a port number, 1 to 65535.'],
  [{ SOCKET_PORT: '3000' }, 'SOCKET_PORT is "3000"; it must be another port than PORT, which is the same.'],
  [
    { FRONTEND_URL: 'https://chat.example/' },
    'FRONTEND_URL is "https://chat.example/"; it must be origins such as https://chat.example, without a path or a final slash, separated by commas.',
  ],
  [{ NEXT_PUBLIC_SOCKET_URL: 'relay' }, 'NEXT_PUBLIC_SOCKET_URL is "relay"; it must be an address such as https://relay.example.'],
  [{ NEXT_PUBLIC_SOCKET_PATH: 'chat' }, 'NEXT_PUBLIC_SOCKET_PATH is "chat"; it must be a path such as /chat.'],
  [{ REDIS_URL: 'localhost' }, 'REDIS_URL is "localhost"; it must be an address such as redis://host:6379.'],
  [{ ALLOW_ANONYMOUS_CLIENTS: 'yes' }, 'ALLOW_ANONYMOUS_CLIENTS is "yes"; it must be true or false.'],
  [{ MAX_IMAGE_BYTES: '10MB' }, 'MAX_IMAGE_BYTES is "10MB"; it must be a number of bytes, 1 to 200000000.'],
  [{ MAX_SOCKET_PAYLOAD_BYTES: '5' }, 'MAX_SOCKET_PAYLOAD_BYTES is "5"; it must be a number of bytes, 1024 to 100000000.'],
  [
    { DATABASE_URL: 'mysql://me:canary@host/x' },
    'DATABASE_URL is a value of 24 bytes; it must be an address such as postgresql://user:password@host:5432/switchboard.',
  ],
  [{ JWT_SECRET: 'short' }, /^JWT_SECRET is a value of 5 bytes; it must be a random text of at least 32 bytes, /],
  [{ JWT_SECRET: 'change-me'.repeat(5) }, /^JWT_SECRET is a value of 45 bytes; /],
])('says of %j in one line what it was and must be', (environment, line) => {
  expect(() => readConfig(environment, '/repo')).toThrow(line);
});

it('makes up no secret in production', () => {
  expect(() => checkProduction(readConfig({ NODE_ENV: 'production' }, '/repo'))).toThrow(
    /^JWT_SECRET is not set; with NODE_ENV=production it must be a random text of at least 32 bytes, /,
  );
  expect(() => checkProduction(readConfig({ NODE_ENV: 'production', JWT_SECRET: SECRET }, '/repo'))).not.toThrow();
  expect(() => checkProduction(readConfig({}, '/repo'))).not.toThrow();
});

it('reads .env for what the environment does not say', async () => {
  const root = await temporaryFolder();
  await writeFile(join(root, '.env'), '# ours\nSWITCHBOARD_TEST_ONLY="from the file"\nPATH=nowhere\n');
  const environment = readEnvironment(root);
  expect(environment.SWITCHBOARD_TEST_ONLY).toBe('from the file');
  expect(environment.PATH).not.toBe('nowhere');
});
