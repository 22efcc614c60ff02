import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineJobs, type Handlers, type JobRun } from './define-jobs.ts';
import { enqueue } from './enqueue.ts';

const JOBS = defineJobs({ mail: { payload: z.object({ to: z.string() }) }, sweep: { everyMs: 1_000 } });
type Db = Parameters<typeof enqueue>[0];

describe('these do not compile', () => {
  it('a job without a handler', () => {
    const mail = async (_run: JobRun<{ to: string }>) => await Promise.resolve();
    // @ts-expect-error: sweep has no handler.
    const handlers: Handlers<typeof JOBS> = { mail };
    expect(handlers).toHaveProperty('mail');
  });

  it('a handler that expects another payload', () => {
    const mail = async (_run: JobRun<{ to: number }>) => await Promise.resolve();
    const sweep = async () => await Promise.resolve();
    // @ts-expect-error: the payload of mail has a text.
    const handlers: Handlers<typeof JOBS> = { mail, sweep };
    expect(handlers).toHaveProperty('mail');
  });

  it('enqueuing a payload of another shape, or a recurring job', () => {
    const wrong = async (db: Db) => {
      // @ts-expect-error: the address is a text.
      await enqueue(db, JOBS.mail, { to: 7 });
      // @ts-expect-error: a recurring job is not enqueued.
      await enqueue(db, JOBS.sweep, {});
    };
    expect(wrong).toBeTypeOf('function');
  });
});
