import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

import { readVariables } from '@switchboard/config';
import { openDatabase } from '@switchboard/database';
import { createTestDatabase } from '@switchboard/database/testing';
import { TestRedis } from '@switchboard/redis/testing';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished, vi } from 'vitest';

import { runChecks } from './check.ts';
import { planDatabase } from './database/plan.ts';
import { explainDisk } from './disk.ts';
import { judgeFreeSpace } from './machine/free-space.ts';
import { checkRedisAnswers, checkRedisWrites } from './redis/redis.ts';

vi.setConfig({ testTimeout: 120_000 });

const failed = (code: string) => Object.assign(new Error(`${code}: open '/data/probe'`), { code });

it.each([
  ['ENOSPC', /no space left on the disk/, /^Free space/],
  ['EDQUOT', /no space left on the disk/, /quota/],
  ['EROFS', /can't be written/, /read-only/],
  ['EACCES', /can't be written by this user/, /chown/],
  ['EIO', /EIO/, /failing/],
])('explains %s on the data folder, with specific advice', (code, problem, advice) => {
  expect(explainDisk(failed(code), '/data')).toMatchObject({
    status: 'fail',
    problem: expect.stringMatching(problem),
    advice: expect.stringMatching(advice),
  });
});

it.each([
  [199, 0, 'fail', /a start needs 200 MiB/],
  [201, 0, 'ok', /GiB free/],
  [900, 1_024, 'fail', /less than MIN_FREE_DISK_BYTES \(1024 MiB\)/],
  [1_500, 1_024, 'warn', /below MIN_FREE_DISK_BYTES/],
  [3_000, 1_024, 'ok', /2 GiB free/],
])('reports %i MiB of free space with a minimum of %i MiB as %s', (free, floor, status, text) => {
  const outcome = judgeFreeSpace(free * 1024 ** 2, '/data', floor * 1024 ** 2);
  expect(outcome.status).toBe(status);
  expect(JSON.stringify(outcome)).toMatch(text);
});

/** A proxy to a database that does not answer the first connections, like a database that was just started on a busy machine. */
async function slowAtFirst(url: string, silent: number): Promise<{ url: string; taken: () => number }> {
  const target = new URL(url);
  const { port, hostname } = target;
  const sockets = new Set<Socket>();
  let taken = 0;
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    taken += 1;
    if (taken <= silent) return;
    const upstream = connect(Number(port), hostname).on('error', () => undefined);
    sockets.add(upstream);
    socket.pipe(upstream).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  target.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: target.href, taken: () => taken };
}

it('waits for a database that is slow to accept connections, instead of reporting it as down', async () => {
  const { database: made, url } = await createTestDatabase();
  await made.close();
  const slow = await slowAtFirst(url, 3);
  const database = openDatabase({ url: slow.url, applicationName: 'test', poolSize: 4 });
  onTestFinished(async () => await database.close());
  const open = async () => ({
    state: 'open' as const,
    database,
    url: slow.url,
    name: 'the embedded one',
    adviceWhenDown: 'See its log.',
    close: async () => await Promise.resolve(),
  });
  const results = await runChecks(planDatabase({ settings: readVariables({}) }, { open, busy: 1 }));
  expect(slow.taken()).toBeGreaterThan(3);
  // Both checks fail on a test's database: it is empty, and configured for speed.
  expect(results.filter(({ status }) => status !== 'ok').map(({ what }) => what)).toEqual([
    'commits are written to disk',
    'there is an operator',
  ]);
});

it('reports a database that never accepts a connection as down, once and not as unexpected', async () => {
  const { database: made, url } = await createTestDatabase();
  await made.close();
  const silent = await slowAtFirst(url, Number.POSITIVE_INFINITY);
  const database = openDatabase({ url: silent.url, applicationName: 'test', poolSize: 4 });
  onTestFinished(async () => await database.close());
  const open = async () => ({
    state: 'open' as const,
    database,
    url: silent.url,
    name: 'chat at db.example',
    adviceWhenDown: 'Start PostgreSQL there, or correct DATABASE_URL.',
    close: async () => await Promise.resolve(),
  });
  const results = await runChecks(planDatabase({ settings: readVariables({}) }, { open, busy: 1 }));
  expect(results.filter(({ status }) => status === 'fail')).toEqual([
    expect.objectContaining({
      what: 'it answers',
      problem: 'chat at db.example: no answer',
      advice: 'Start PostgreSQL there, or correct DATABASE_URL.',
    }),
  ]);
});

it.each<[string, string[], 'ok' | 'fail']>([
  [
    'the documented permissions',
    ['~switchboard:*', '&socket.io#/#*', '&socket.io-request#/#', '&socket.io-response#/#*', '+@all', '-@dangerous'],
    'ok',
  ],
  ['all channels', ['~switchboard:*', '&*', '+@all', '-@dangerous'], 'ok'],
  ['a pattern that covers the channels but differs from theirs', ['~switchboard:*', '&socket.io*', '+@all', '-@dangerous'], 'fail'],
  ['no channel', ['~switchboard:*', '+@all', '-@dangerous'], 'fail'],
  ['no key', ['&*', '+@all', '-@dangerous'], 'fail'],
  ['no scripts', ['~*', '&*', '+@all', '-@scripting'], 'fail'],
])('checks a Redis user with %s: %s, %s', async (_, permissions, status) => {
  const redis = await TestRedis.start();
  onTestFinished(async () => await redis.close());
  const admin = new Redis(redis.url);
  onTestFinished(() => admin.disconnect());
  await admin.call('ACL', 'SETUSER', 'chat', 'on', '>pw', 'resetchannels', ...permissions);
  const url = redis.url.replace('redis://', 'redis://chat:pw@');
  expect(await checkRedisWrites({ url, busy: 1 })).toMatchObject({ status });
});

it('gives advice about REDIS_URL, not about browsers, when Redis does not use TLS', async () => {
  const redis = await TestRedis.start();
  onTestFinished(async () => await redis.close());
  const outcome = await checkRedisAnswers({ url: redis.url.replace('redis:', 'rediss:'), busy: 1 });
  expect(outcome).toMatchObject({ status: 'fail' });
  expect(JSON.stringify(outcome)).toMatch(/redis:\/\//);
  expect(JSON.stringify(outcome)).not.toMatch(/browser|proxy/i);
});
