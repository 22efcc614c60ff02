import { type Database, openDatabase } from '@switchboard/database';
import { createTestDatabase, FaultyProxy } from '@switchboard/database/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { defineJobs, type JobRun } from './define-jobs.ts';
import { enqueue } from './enqueue.ts';
import { countJobs, discardDeadJobs, listJobs, retryDeadJobs } from './manage-jobs.ts';
import { startRunner } from './testing/runner.ts';

const NEVER_MS = 3_600_000;
const Numbered = z.object({ n: z.int() });
type Numbered = z.infer<typeof Numbered>;

let db: Database;
let url: string;
const ends: (() => Promise<void>)[] = [];
beforeAll(async () => {
  ({ database: db, url } = await createTestDatabase());
});
beforeEach(async () => void (await db.prisma.job.deleteMany()));
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});
afterAll(async () => await db.close());

/** Runs `work` for each job named `work`, and makes retries due at once. */
function startWork(
  work: (run: JobRun<Numbered>) => Promise<void>,
  spec: { maxAttempts?: number; timeoutMs?: number; leaseMs?: number } = {},
  on = db,
) {
  const jobs = defineJobs({ work: { payload: Numbered, ...spec } });
  const outcomes: string[] = [];
  const onRun = (_name: string, outcome: string) => void outcomes.push(outcome);
  const started = startRunner({
    db: on,
    jobs,
    handlers: { work },
    onRun,
    ...(spec.leaseMs === undefined ? {} : { leaseMs: spec.leaseMs }),
  });
  ends.push(started.stop);
  return { ...started, jobs, outcomes };
}
const makeDue = async () => await db.prisma.$executeRaw`UPDATE "Job" SET "runAt" = now() WHERE "leaseId" IS NULL`;
const count = async () => await db.prisma.job.count();

it('retries a failed job with backoff until no attempt is left; then an administrator can retry or discard it', async () => {
  let works = false;
  const seen: number[] = [];
  const { jobs, log, outcomes } = startWork(
    async ({ attempt }) => {
      seen.push(attempt);
      await Promise.resolve();
      if (!works) throw new Error('The mail server\u0007 is down.');
    },
    { maxAttempts: 3 },
  );
  await enqueue(db.prisma, jobs.work, { n: 1 });
  const pauses: number[] = [];
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    await vi.waitFor(async () => expect(await listJobs(db, 10)).toMatchObject([{ state: 'waiting', attempts: attempt }]));
    const [row] = await db.prisma.$queryRaw<{ ms: number }[]>`SELECT extract(epoch FROM "runAt" - now())::float8 * 1000 AS ms FROM "Job"`;
    pauses.push(row?.ms ?? 0);
    await makeDue();
  }
  await vi.waitFor(async () =>
    expect(await listJobs(db, 10)).toMatchObject([{ state: 'dead', attempts: 3, lastError: 'The mail server  is down.' }]),
  );
  expect(pauses.every((ms) => ms > 0 && ms <= 15_000)).toBe(true);
  expect([seen, outcomes]).toEqual([
    [1, 2, 3],
    ['failed', 'failed', 'dead'],
  ]);
  expect([log.warn.mock.calls.length, log.error.mock.calls.length]).toEqual([2, 1]);
  expect(await countJobs(db)).toEqual({ due: 0, running: 0, dead: 1, oldestDueSeconds: 0 });
  works = true;
  expect(await retryDeadJobs(db, 0n)).toBe(0);
  expect(await retryDeadJobs(db, 'all')).toBe(1);
  await vi.waitFor(async () => expect(await count()).toBe(0));
  await db.prisma.$executeRaw`INSERT INTO "Job" (name, payload, "deadAt") VALUES ('work', '{}', now()), ('work', '{}', now())`;
  const [first] = await listJobs(db, 10);
  expect(await discardDeadJobs(db, BigInt(first?.id ?? 0))).toBe(1);
  expect(await discardDeadJobs(db, 'all')).toBe(1);
});

it('fails a job with an invalid payload without running it, and continues with others', async () => {
  const seen: number[] = [];
  const { outcomes } = startWork(async ({ payload }) => void (await Promise.resolve(seen.push(payload.n))), { maxAttempts: 1 });
  await db.prisma.$executeRaw`INSERT INTO "Job" (name, payload) VALUES ('work', '{"n": "poison"}'), ('work', 'null'), ('work', '{"n": 3}')`;
  await vi.waitFor(() => expect(outcomes).toHaveLength(3));
  expect(seen).toEqual([3]);
  expect(await listJobs(db, 10)).toMatchObject([
    { lastError: expect.stringContaining('expected') },
    { lastError: expect.stringContaining('expected') },
  ]);
});

it('does not touch jobs with unknown names, which belong to another version', async () => {
  const { jobs } = startWork(async () => await Promise.resolve());
  await db.prisma.$executeRaw`INSERT INTO "Job" (name, payload) VALUES ('later', '{}')`;
  await enqueue(db.prisma, jobs.work, { n: 1 });
  await vi.waitFor(async () => expect(await listJobs(db, 10)).toMatchObject([{ name: 'later', state: 'due', attempts: 0 }]));
});

it('ends a run that times out, even if its handler ignores the signal, and gives its slot to others', async () => {
  const seen: number[] = [];
  const aborted = vi.fn<() => void>();
  const { jobs, outcomes } = startWork(
    async ({ payload: { n }, signal }) => {
      seen.push(n);
      signal.addEventListener('abort', aborted);
      if (n < 3) await new Promise(() => undefined);
    },
    { timeoutMs: 500, maxAttempts: 1 },
  );
  for (let n = 1; n <= 3; n += 1) await enqueue(db.prisma, jobs.work, { n });
  // The third gets the slot of the first one to end, perhaps before the second ends.
  await vi.waitFor(() => expect(outcomes.toSorted()).toEqual(['dead', 'dead', 'done']));
  // The first two begin together, in either order.
  expect(seen.slice(0, 2)).toEqual(expect.arrayContaining([1, 2]));
  expect(seen.slice(2)).toEqual([3]);
  expect(aborted).toHaveBeenCalledTimes(2);
  expect(await listJobs(db, 10)).toMatchObject([{ lastError: 'It took longer than 0.5 s.' }, { lastError: 'It took longer than 0.5 s.' }]);
});

it('marks a job as dead whose process ended during its last attempt, instead of running it forever', async () => {
  const seen: number[] = [];
  startWork(async ({ payload }) => void (await Promise.resolve(seen.push(payload.n))), { maxAttempts: 2 });
  await db.prisma.$executeRaw`
    INSERT INTO "Job" (name, payload, attempts, "leaseId", "leaseEndsAt") VALUES ('work', '{"n": 1}', 2, gen_random_uuid(), now() - interval '1 second')`;
  await vi.waitFor(async () => expect(await listJobs(db, 10)).toMatchObject([{ state: 'dead' }]));
  expect(seen).toEqual([]);
});

it('aborts a handler when another process took its job, and leaves the job to that process', async () => {
  const { jobs, outcomes } = startWork(
    async ({ signal }) => {
      await new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    },
    { leaseMs: 3_000 },
  );
  await enqueue(db.prisma, jobs.work, { n: 1 });
  await vi.waitFor(async () => expect(await countJobs(db)).toMatchObject({ running: 1 }));
  const other = '7d444840-9dc0-11d1-b245-5ffdce74fad2';
  await db.prisma.$executeRaw`UPDATE "Job" SET "leaseId" = ${other}::uuid, "leaseEndsAt" = now() + interval '1 hour'`;
  await vi.waitFor(() => expect(outcomes).toEqual(['stopped']));
  expect(await db.prisma.job.findMany({ select: { leaseId: true, attempts: true } })).toEqual([{ leaseId: other, attempts: 1 }]);
});

it('waits while the database is down, and then runs due jobs and records finished ones', async () => {
  const proxy = await FaultyProxy.open(url);
  const far = openDatabase({ url: proxy.url, applicationName: 'switchboard-test', poolSize: 4 });
  ends.push(async () => {
    await far.close();
    await proxy.close();
  });
  let open = () => undefined as void;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const seen: number[] = [];
  const { jobs, log, outcomes } = startWork(
    async ({ payload }) => {
      seen.push(payload.n);
      await gate;
    },
    {},
    far,
  );
  await enqueue(db.prisma, jobs.work, { n: 1 });
  await vi.waitFor(() => expect(seen).toEqual([1]));
  proxy.freeze();
  open();
  await vi.waitFor(() => expect(log.warn).toHaveBeenCalledWith(expect.anything(), 'could not record the outcome of a job; retrying'));
  await enqueue(db.prisma, jobs.work, { n: 2 });
  proxy.cut();
  proxy.thaw();
  await vi.waitFor(async () => expect(await count()).toBe(0));
  expect([seen, outcomes]).toEqual([
    [1, 2],
    ['done', 'done'],
  ]);
});

it('runs a recurring job in one process at a time, after each interval, even after failures', async () => {
  const jobs = defineJobs({ sweep: { everyMs: NEVER_MS } });
  let [running, most, runs] = [0, 0, 0];
  const sweep = async () => {
    running += 1;
    runs += 1;
    most = Math.max(most, running);
    await db.prisma.$queryRaw`SELECT 1 AS one`;
    running -= 1;
    if (runs % 2 === 1) throw new Error('It did not work.');
  };
  for (let count = 0; count < 3; count += 1) ends.push(startRunner({ db, jobs, handlers: { sweep } }).stop);
  for (let round = 1; round <= 20; round += 1) {
    await vi.waitFor(async () => expect(await db.prisma.job.findMany({ select: { leaseId: true } })).toEqual([{ leaseId: null }]));
    await vi.waitFor(() => expect(runs).toBe(round));
    await vi.waitFor(async () => expect(await listJobs(db, 2)).toMatchObject([{ name: 'sweep', state: 'waiting', attempts: round % 2 }]));
    const [row] = await db.prisma.job.findMany({ select: { lastError: true } });
    expect(row?.lastError).toBe(round % 2 === 1 ? 'It did not work.' : null);
    await makeDue();
  }
  expect(most).toBe(1);
});

it('brings the next run of a recurring job forward when its interval has become shorter', async () => {
  await db.prisma
    .$executeRaw`INSERT INTO "Job" (name, payload, key, "runAt") VALUES ('sweep', 'null', 'recurring', now() + interval '1 day')`;
  const jobs = defineJobs({ sweep: { everyMs: 1_000 } });
  const sweep = vi.fn<() => Promise<void>>(async () => await Promise.resolve());
  ends.push(startRunner({ db, jobs, handlers: { sweep } }).stop);
  await vi.waitFor(() => expect(sweep).toHaveBeenCalled());
});
