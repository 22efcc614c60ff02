import { createTestDatabase } from '@switchboard/database/testing';
import { expect, it, vi } from 'vitest';

import { judgeJobs } from './doctor/database/jobs.ts';
import { makePlace, runCli } from './testing/run-start.ts';

vi.setConfig({ testTimeout: 240_000 });

it('lists jobs, and retries or discards the dead ones', async () => {
  const place = await makePlace();
  const { database, url } = await createTestDatabase();
  const run = async (...args: string[]) => await runCli(place, ['jobs', ...args], { env: { DATABASE_URL: url } });
  try {
    expect(await run()).toMatchObject({ code: 0, output: 'There are no jobs.\n' });
    await database.prisma.$executeRaw`
      INSERT INTO "Job" (id, name, payload, key, "runAt", attempts, "lastError", "deadAt") VALUES
        (1, 'mail', '{}', NULL, '2026-01-01Z', 15, 'The mail server is down.', '2026-01-02Z'),
        (2, 'mail', '{}', NULL, '2026-01-01Z', 15, 'The mail server is down.', '2026-01-03Z'),
        (3, 'mail', '{}', NULL, '2026-01-01Z', 15, NULL, '2026-01-04Z'),
        (4, 'sweep', 'null', 'recurring', '2100-01-01Z', 0, NULL, NULL)`;
    expect((await run()).output.split('\n')).toEqual([
      '1\tdead\t2026-01-02T00:00:00.000Z\tmail\t15 attempts\tThe mail server is down.',
      '2\tdead\t2026-01-03T00:00:00.000Z\tmail\t15 attempts\tThe mail server is down.',
      '3\tdead\t2026-01-04T00:00:00.000Z\tmail\t15 attempts',
      '4\twaiting\t2100-01-01T00:00:00.000Z\tsweep (recurring)\t0 attempts',
      '',
    ]);
    expect(await run('retry', '1')).toMatchObject({ code: 0, output: '1 job will run again.\n' });
    expect(await run('discard', '2')).toMatchObject({ code: 0, output: '1 job removed.\n' });
    expect(await run('retry', '4')).toMatchObject({ code: 1, errors: 'There is no dead job 4; "jobs" lists all jobs.\n' });
    expect(await run('retry', '--all-dead')).toMatchObject({ code: 0, output: '1 job will run again.\n' });
    const rows = await database.prisma.job.findMany({ select: { id: true, deadAt: true, attempts: true }, orderBy: { id: 'asc' } });
    expect(rows).toEqual([1n, 3n, 4n].map((id) => ({ id, deadAt: null, attempts: 0 })));
  } finally {
    await database.close();
  }
});

it.each([
  [['retry'], /^jobs: it must be "jobs", "jobs retry ID", /],
  [['--all-dead'], /^jobs: it must be /],
  [['retry', '1', '--all-dead'], /^jobs: it must be /],
  [['retry', 'one'], /^jobs retry: "one" must be the number of a job/],
  [['discard', '9'.repeat(30)], /^jobs discard: "9+" must be the number of a job/],
  [['remove', '1'], /^jobs: it must be /],
  [['--dead'], /^jobs: Unknown option '--dead'/],
])('jobs %j says in one line what is wrong', async (args, line) => {
  const { code, output, errors } = await runCli(await makePlace(), ['jobs', ...args]);
  expect([code, output]).toEqual([1, '']);
  expect(errors).toMatch(line);
  expect(errors.trim().split('\n')).toHaveLength(1);
});

it.each([
  [{ due: 3, running: 2, dead: 0, oldestDueSeconds: 5 }, 'ok', /3 due, 2 running/],
  [{ due: 3, running: 0, dead: 0, oldestDueSeconds: 1_200 }, 'fail', /3 are due, the oldest for 20 minutes/],
  [{ due: 0, running: 0, dead: 1, oldestDueSeconds: 0 }, 'warn', /1 failed and has no attempt left.*jobs retry --all-dead/],
])('doctor reports %j as %s', (counts, status, words) => {
  const outcome = judgeJobs(counts);
  expect(outcome.status).toBe(status);
  expect(JSON.stringify(outcome)).toMatch(words);
});
