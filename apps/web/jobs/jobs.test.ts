import { randomUUID } from 'node:crypto';
import { mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { listJobs } from '@switchboard/jobs';
import { expect, it, vi } from 'vitest';

import { newOperator, useTestServer } from '../server/testing/test-server.ts';
import { JOBS } from './jobs.ts';

const server = useTestServer();

it('a web server runs all recurring jobs when it starts, and schedules the next runs', async () => {
  const { services } = server;
  const { prisma } = services.db;
  const { id } = await newOperator(services);
  const lastSeenAt = new Date(Date.now() - 61_000);
  await prisma.presence.create({ data: { userId: id, isOnline: true, lastSeenAt, changedAt: lastSeenAt } });
  const session = (token: string, expiresAt: Date) => ({ userId: id, token, expiresAt });
  const hour = 60 * 60_000;
  await prisma.authSession.createMany({
    data: [
      ...Array.from({ length: 1_200 }, (_, index) => session(`long over ${index}`, new Date(Date.now() - 25 * hour))),
      session('over for less than a day', new Date(Date.now() - 23 * hour)),
    ],
  });
  await prisma.authVerification.createMany({
    data: [
      { identifier: 'over', value: '', expiresAt: new Date(Date.now() - 25 * hour) },
      { identifier: 'valid', value: '', expiresAt: new Date(Date.now() + hour) },
    ],
  });
  const { clientId } = await prisma.chatSession.create({ data: { client: { create: { username: 'Ann' } } } });
  const image = { clientId, name: 'lamp.webp', mimeType: 'image/webp', width: 1, height: 1, size: 1 };
  await prisma.upload.create({ data: { ...image, storageKey: `00/${randomUUID()}.webp`, createdAt: new Date(Date.now() - 25 * hour) } });
  const unfinished = join(server.dataDir, 'uploads/00/unfinished.webp.part');
  await mkdir(join(unfinished, '..'), { recursive: true });
  await writeFile(unfinished, '');
  await utimes(unfinished, 0, 0);

  services.jobs.start();
  await vi.waitFor(async () => {
    const jobs = await listJobs(services.db, 100);
    expect(jobs.map(({ name }) => name).toSorted()).toEqual(Object.keys(JOBS).toSorted());
    expect(jobs.map(({ state, lastError }) => [state, lastError])).toEqual(jobs.map(() => ['waiting', null]));
  });
  expect(await prisma.upload.count()).toBe(0);
  await expect(stat(unfinished)).rejects.toThrow('ENOENT');
  const left = await prisma.authSession.findMany({ select: { token: true }, where: { token: { contains: 'over' } } });
  expect(left).toEqual([{ token: 'over for less than a day' }]);
  expect(await prisma.authSession.count()).toBe(2);
  expect(await prisma.authVerification.findMany({ select: { identifier: true } })).toEqual([{ identifier: 'valid' }]);
  expect(await prisma.presence.findUnique({ where: { userId: id } })).toMatchObject({ isOnline: false });
  expect(await services.metrics.render()).toMatch(/operators_lost_total\{.*\} 1/);
  expect(await services.metrics.render()).toMatch(/job_seconds_count\{.*name="removeExpiredSessions",outcome="done"\} 1/);
});
