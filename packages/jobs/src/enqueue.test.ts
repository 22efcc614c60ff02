import type { Database } from '@switchboard/database';
import { createTestDatabase } from '@switchboard/database/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { z } from 'zod';

import { defineJobs } from './define-jobs.ts';
import { enqueue } from './enqueue.ts';
import { startRunner } from './testing/runner.ts';

const JOBS = defineJobs({ greet: { payload: z.object({ name: z.string() }), maxAttempts: 1 } });

let db: Database;
const greeted: string[] = [];
/** The handler waits for this. */
let gate: Promise<void> = Promise.resolve();
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  ({ database: db } = await createTestDatabase());
});
beforeEach(async () => {
  greeted.length = 0;
  gate = Promise.resolve();
  await db.prisma.job.deleteMany();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(async () => await db.close());

function run(): void {
  const handlers = {
    async greet({ payload: { name } }: { payload: { name: string } }) {
      greeted.push(name);
      await gate;
      if (name === 'Bad') throw new Error('No greeting for Bad.');
    },
  };
  stops.push(startRunner({ db, jobs: JOBS, handlers }).stop);
}
const done = async () => await vi.waitFor(async () => expect(await db.prisma.job.count()).toBe(0));
const rows = async () => await db.prisma.job.findMany({ select: { payload: true, runAt: true, key: true } });

it('runs a job after its transaction commits, and never after a rollback', async () => {
  const failing = db.prisma.$transaction(async (tx) => {
    await enqueue(tx, JOBS.greet, { name: 'nobody' });
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
  await db.prisma.$transaction(async (tx) => await enqueue(tx, JOBS.greet, { name: 'Ann' }));
  run();
  await done();
  expect(greeted).toEqual(['Ann']);
});

it('refuses a payload that does not match the schema, and writes nothing', async () => {
  const payload = { name: 7 } as unknown as { name: string };
  await expect(enqueue(db.prisma, JOBS.greet, payload)).rejects.toThrow(z.ZodError);
  expect(await rows()).toEqual([]);
});

it('keeps one job per key, with the newest payload and the earliest time', async () => {
  const [soon, later] = [new Date(Date.now() + 60_000), new Date(Date.now() + 120_000)];
  await enqueue(db.prisma, JOBS.greet, { name: 'first' }, { key: 'k', runAt: later });
  await enqueue(db.prisma, JOBS.greet, { name: 'second' }, { key: 'k', runAt: soon });
  await enqueue(db.prisma, JOBS.greet, { name: 'third' }, { key: 'k', runAt: later });
  await enqueue(db.prisma, JOBS.greet, { name: 'other' }, { key: 'l', runAt: later });
  await enqueue(db.prisma, JOBS.greet, { name: 'free' }, { runAt: later });
  await enqueue(db.prisma, JOBS.greet, { name: 'free' }, { runAt: later });
  expect(await rows()).toEqual(
    expect.arrayContaining([
      { payload: { name: 'third' }, runAt: soon, key: 'k' },
      { payload: { name: 'other' }, runAt: later, key: 'l' },
    ]),
  );
  expect(await rows()).toHaveLength(4);
});

it('runs a job again with the new payload when it is enqueued while it runs', async () => {
  let open = () => undefined as void;
  gate = new Promise((resolve) => (open = resolve));
  await enqueue(db.prisma, JOBS.greet, { name: 'old' }, { key: 'k' });
  run();
  await vi.waitFor(() => expect(greeted).toEqual(['old']));
  await enqueue(db.prisma, JOBS.greet, { name: 'new' }, { key: 'k' });
  await enqueue(db.prisma, JOBS.greet, { name: 'newer' }, { key: 'k' });
  open();
  await done();
  expect(greeted).toEqual(['old', 'newer']);
});

it('revives a dead job when it is enqueued again', async () => {
  await enqueue(db.prisma, JOBS.greet, { name: 'Bad' }, { key: 'k' });
  run();
  await vi.waitFor(async () => expect(await db.prisma.job.count({ where: { deadAt: { not: null } } })).toBe(1));
  await enqueue(db.prisma, JOBS.greet, { name: 'Good' }, { key: 'k' });
  await done();
  expect(greeted).toEqual(['Bad', 'Good']);
});
