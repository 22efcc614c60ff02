import { once } from 'node:events';
import { networkInterfaces } from 'node:os';

import { APPLICATION_NAMES } from '@switchboard/config';
import { openDatabase } from '@switchboard/database';
import { createTestDatabase } from '@switchboard/database/testing';
import { expect, it, onTestFinished, vi } from 'vitest';

import { connectOperator, startRelay } from './testing/real-relay.ts';
import { makePlace, type Place, runCli, startSystem, untilReady } from './testing/run-start.ts';

vi.setConfig({ testTimeout: 240_000 });

const SECRET = 'kZ3v9QmT1xW7bN5rY8cJ2hF6gD4sA0pL';
const EMAIL = 'olga@example.org';

/** An installation with its own database and an operator. */
async function makeInstallation(more: NodeJS.ProcessEnv = {}): Promise<{ place: Place; url: string; id: number }> {
  const { database, url } = await createTestDatabase();
  onTestFinished(async () => await database.close());
  const place = await makePlace({ DATABASE_URL: url, JWT_SECRET: SECRET, ...more });
  expect(await runCli(place, ['operator', 'create', '--email', EMAIL, '--name', 'Olga', '--password', 'correct horse'])).toMatchObject({
    code: 0,
  });
  const { id } = await database.prisma.user.findUniqueOrThrow({ where: { email: EMAIL } });
  return { place, url, id };
}

/** Holds a connection to the database like the web app. */
async function connectAsWebApp(url: string): Promise<void> {
  const web = openDatabase({ url, applicationName: APPLICATION_NAMES.web, poolSize: 1 });
  onTestFinished(async () => await web.close());
  await web.ping();
}

const remove = async (place: Place, env: NodeJS.ProcessEnv = {}) => await runCli(place, ['operator', 'remove', '--email', EMAIL], { env });
const urlOfRelay = ({ socketPort }: Place, host = '127.0.0.1') => `http://${host}:${socketPort}`;

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));

it.each([undefined, '0.0.0.0', '127.0.0.1', ...(hasIPv6 ? ['::', '::1', '[::1]'] : [])])(
  'closes the connections of a removed operator on a relay with SOCKET_HOST %s',
  async (host) => {
    const { place, id } = await makeInstallation(host === undefined ? {} : { SOCKET_HOST: host });
    await startRelay(place, SECRET);
    const socket = await connectOperator(urlOfRelay(place, host?.includes(':') === true ? '[::1]' : '127.0.0.1'), SECRET, id);
    const ended = new Promise((resolve) => socket.once('disconnect', resolve));
    expect(await remove(place)).toMatchObject({ code: 0, errors: expect.stringMatching(/^Database: .*\n$/) });
    await ended;
  },
);

it('fails while the relay is down and a web app is connected, and succeeds when the relay is back', async () => {
  const { place, url } = await makeInstallation();
  const relay = await startRelay(place, SECRET);
  await relay.stop();
  await connectAsWebApp(url);
  for (const args of [['role', '--role', 'admin'], ['password', '--password', 'another horse'], ['remove']]) {
    const [verb = '', ...more] = args;
    const { code, output, errors } = await runCli(place, ['operator', verb, '--email', EMAIL, ...more]);
    expect([code, output.startsWith(EMAIL)]).toEqual([1, true]);
    expect(errors).toContain(`No relay answered at ${urlOfRelay(place)} (ECONNREFUSED), but a web app has 1 connection to this database: `);
    expect(errors).toContain('until their token expires (at most 10 minutes) or the web app notifies the relay');
    expect(errors.trim().split('\n')).toEqual([expect.stringMatching(/^Database: /), expect.stringMatching(/^No relay answered /)]);
  }
  await startRelay(place, SECRET);
  expect(await remove(place)).toMatchObject({ code: 0, errors: expect.stringMatching(/^Database: .*\n$/) });
});

it.each<[string, NodeJS.ProcessEnv, string]>([
  ['another SOCKET_PORT', { SOCKET_PORT: '10' }, 'No relay answered at http://127.0.0.1:10 ('],
  ['another RELAY_INTERNAL_URL', { RELAY_INTERNAL_URL: 'http://127.0.0.1:10' }, 'No relay answered at http://127.0.0.1:10 ('],
  ['no JWT_SECRET', { JWT_SECRET: '' }, 'was not notified, because JWT_SECRET is not set here'],
  ['another JWT_SECRET', { JWT_SECRET: 'aZ3v9QmT1xW7bN5rY8cJ2hF6gD4sA0pX' }, 'it has another JWT_SECRET than this command'],
])('fails in a shell with %s while the servers run', async (_, env, problem) => {
  const { place, url, id } = await makeInstallation();
  await startRelay(place, SECRET);
  await connectAsWebApp(url);
  const socket = await connectOperator(urlOfRelay(place), SECRET, id);
  const { code, errors } = await remove(place, env);
  expect(code).toBe(1);
  expect(errors).toContain(problem);
  expect(socket.connected).toBe(true);
});

it('fails when a start holds the data folder and the relay’s port differs from the settings', async () => {
  const place = await makePlace();
  await runCli(place, ['operator', 'create', '--email', EMAIL, '--name', 'Olga', '--password', 'correct horse']);
  const start = startSystem(place);
  await untilReady(start);
  const { code, errors } = await remove(place, { SOCKET_PORT: '10' });
  expect(code).toBe(1);
  expect(errors).toContain(`but Switchboard runs on ${place.dataDir} (process ${start.pid}): `);
  start.child.kill('SIGTERM');
  await once(start.child, 'exit');
});

it('succeeds where no server runs, and says that no relay was notified', async () => {
  const { place } = await makeInstallation();
  const { code, errors } = await remove(place);
  expect(code).toBe(0);
  expect(errors).toContain(
    `No relay answered at ${urlOfRelay(place)} (ECONNREFUSED), and there is no sign that this installation is running.`,
  );
});
