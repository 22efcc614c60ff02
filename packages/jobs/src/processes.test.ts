import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import type { Database } from '@switchboard/database';
import { createTestDatabase, queryOnce } from '@switchboard/database/testing';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';

import { enqueue } from './enqueue.ts';
import { countJobs } from './manage-jobs.ts';
import { RUNS_TABLE, TEST_JOBS } from './testing/test-jobs.ts';

const WORKER = join(import.meta.dirname, 'testing/worker.ts');
const SKEWED_CLOCK = join(import.meta.dirname, '../../../e2e/chaos/stack/skewed-clock.mjs');
/** Long enough for a busy machine to extend it in time. */
const LEASE_MS = 6_000;
/** The timeout of 10,000 jobs on a busy machine. */
const MANY_MS = 600_000;
/** Longer than any test, so that no lease expires. */
const LONG_LEASE_MS = 3_600_000;

let db: Database;
let url: string;
beforeAll(async () => {
  ({ database: db, url } = await createTestDatabase());
  await queryOnce(url, RUNS_TABLE);
});
beforeEach(async () => {
  await queryOnce(url, 'TRUNCATE runs, "Job"');
});
afterAll(async () => await db.close());

/** A process that runs jobs. */
async function startWorker(leaseMs: number, clockSkewMs = 0): Promise<ChildProcess> {
  const imports = ['--import', 'tsx', ...(clockSkewMs === 0 ? [] : ['--import', SKEWED_CLOCK])];
  const child = spawn(process.execPath, [...imports, WORKER, url, String(leaseMs)], {
    env: { ...process.env, CLOCK_SKEW_MS: String(clockSkewMs) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  await once(child.stdout, 'data');
  return child;
}

const runs = async () =>
  await db.prisma.$queryRaw<{ n: number; attempt: number; pid: number }[]>`SELECT n, attempt, pid FROM runs ORDER BY n, attempt`;
const left = async () => await db.prisma.job.count();

it(
  'several processes run each of 10,000 due jobs exactly once',
  async () => {
    await db.prisma
      .$executeRaw`INSERT INTO "Job" (name, payload) SELECT 'note', jsonb_build_object('n', n) FROM generate_series(1, 10000) n`;
    const pids = (await Promise.all([startWorker(LONG_LEASE_MS), startWorker(LONG_LEASE_MS)])).map(({ pid }) => pid);
    await vi.waitFor(async () => expect(await left()).toBe(0), { timeout: MANY_MS, interval: 500 });
    const done = await runs();
    expect(done.map(({ n }) => n)).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
    expect(new Set(done.map(({ pid }) => pid))).toEqual(new Set(pids));
  },
  2 * MANY_MS,
);

it('another process runs the jobs of a killed process after their leases expire, and not before', async () => {
  const first = await startWorker(LEASE_MS);
  for (let n = 1; n <= 8; n += 1) await enqueue(db.prisma, TEST_JOBS.hang, { n });
  await vi.waitFor(async () => expect(await runs()).toHaveLength(8));
  const second = await startWorker(LONG_LEASE_MS);
  await enqueue(db.prisma, TEST_JOBS.note, { n: 9 });
  await vi.waitFor(async () => expect(await runs()).toContainEqual({ n: 9, attempt: 1, pid: second.pid }));
  // The first process is alive, so it keeps extending its leases.
  const [row] = await db.prisma.$queryRaw<{ ends: Date }[]>`SELECT max("leaseEndsAt") AS ends FROM "Job" WHERE name = 'hang'`;
  const isOver = async () =>
    await db.prisma.$queryRaw`SELECT FROM "Job" WHERE name = 'hang' AND now() > ${row?.ends.toISOString()}::timestamptz`;
  await vi.waitFor(async () => expect(await isOver()).toHaveLength(8));
  // The second process polls once more: if it could take jobs of the first one, they would run before this one.
  await enqueue(db.prisma, TEST_JOBS.note, { n: 10 });
  await vi.waitFor(async () => expect(await runs()).toContainEqual({ n: 10, attempt: 1, pid: second.pid }));
  expect(await runs()).toHaveLength(10);
  first.kill('SIGKILL');
  await vi.waitFor(async () => expect(await runs()).toHaveLength(18));
  const again = (await runs()).filter(({ attempt }) => attempt === 2);
  expect(again).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ n, attempt: 2, pid: second.pid })));
});

it('a process whose clock is a day ahead runs nothing early and takes no job from others', async () => {
  const punctual = await startWorker(LONG_LEASE_MS);
  await enqueue(db.prisma, TEST_JOBS.hang, { n: 1 });
  await vi.waitFor(async () => expect(await runs()).toHaveLength(1));
  await enqueue(db.prisma, TEST_JOBS.note, { n: 2 }, { runAt: new Date(Date.now() + 3_600_000) });
  await enqueue(db.prisma, TEST_JOBS.note, { n: 3 }, { delayMs: 3_600_000 });
  const ahead = await startWorker(LONG_LEASE_MS, 24 * 3_600_000);
  punctual.kill('SIGSTOP');
  // It runs due jobs and skips those that are not due.
  for (let n = 4; n <= 20; n += 1) await enqueue(db.prisma, TEST_JOBS.note, { n });
  await vi.waitFor(async () => expect((await runs()).filter(({ pid }) => pid === ahead.pid)).toHaveLength(17));
  expect((await runs()).map(({ n }) => n)).toEqual([1, ...Array.from({ length: 17 }, (_, index) => index + 4)]);
  await vi.waitFor(async () => expect(await countJobs(db)).toMatchObject({ due: 0, running: 1, dead: 0 }));
  expect((await runs()).filter(({ n }) => n <= 3)).toHaveLength(1);
});

it('a process that is asked to stop releases its jobs without counting the attempt', async () => {
  const worker = await startWorker(LONG_LEASE_MS);
  await enqueue(db.prisma, TEST_JOBS.hang, { n: 1 });
  await vi.waitFor(async () => expect(await runs()).toHaveLength(1));
  worker.kill('SIGTERM');
  expect(await once(worker, 'exit')).toEqual([0, null]);
  expect(await db.prisma.job.findMany({ select: { attempts: true, leaseId: true, leaseEndsAt: true, deadAt: true } })).toEqual([
    { attempts: 0, leaseId: null, leaseEndsAt: null, deadAt: null },
  ]);
  expect(await countJobs(db)).toMatchObject({ due: 1, running: 0 });
});
