import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, it, onTestFinished } from 'vitest';

import { takeLock } from './standalone/lock-file.mjs';
import { identify, stillRuns } from './standalone/process-identity.mjs';
import { temporaryFolder } from './testing/run-start.ts';

/** A process that tries to take the lock, reports the result, and keeps running. */
async function contender(path: string) {
  const child = fork(join(import.meta.dirname, 'testing/take-lock.mjs'), [path]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child, 'message'); // It is running.
  return {
    child,
    async take(): Promise<{ took: boolean; holder?: number }> {
      child.send('take');
      const [answer] = (await once(child, 'message')) as [{ took: boolean; holder?: number }];
      return answer;
    },
  };
}

it('is held by one process, and free again after its release', async () => {
  const path = join(await temporaryFolder(), 'lock');
  const mine = await takeLock(path, 'start');
  const other = await contender(path);
  expect(await other.take()).toEqual({ took: false, holder: process.pid });
  if ('release' in mine) mine.release();
  expect(await other.take()).toEqual({ took: true });
  expect(await takeLock(path, 'start')).toMatchObject({ holder: { pid: other.child.pid, note: 'test' } });
});

it('of a killed process is taken over by exactly one of many', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'lock');
  const contenders = await Promise.all(Array.from({ length: 6 }, async () => await contender(path)));
  for (let round = 0; round < 5; round += 1) {
    const dead = await contender(path);
    expect(await dead.take()).toEqual({ took: true });
    dead.child.kill('SIGKILL');
    await once(dead.child, 'exit');
    const answers = await Promise.all(contenders.map(async (one) => await one.take()));
    const winner = answers.findIndex(({ took }) => took);
    expect(answers.filter(({ took }) => took)).toHaveLength(1);
    expect(new Set(answers.flatMap(({ holder }) => holder ?? []))).toEqual(new Set([contenders[winner]?.child.pid]));
    contenders[winner]?.child.send('release');
    await once(contenders[winner]!.child, 'message');
  }
  expect(await readdir(folder)).toEqual([]);
});

it('is not taken from a process that was faster to take over a dead lock', async () => {
  const path = join(await temporaryFolder(), 'lock');
  const [dead, winner] = [await contender(path), await contender(path)];
  const deadId = identify(dead.child.pid ?? 0);
  await writeFile(path, JSON.stringify({ ...deadId, note: 'start' }));
  dead.child.kill('SIGKILL');
  await once(dead.child, 'exit');
  // The faster process is removing it.
  const winnerId = identify(winner.child.pid ?? 0);
  await writeFile(`${path}.removing`, JSON.stringify(winnerId));
  const taking = takeLock(path, 'start');
  await writeFile(path, JSON.stringify({ ...winnerId, note: 'start' }));
  await rm(`${path}.removing`);
  expect(await taking).toMatchObject({ holder: { pid: winner.child.pid } });
});

it('can be taken over even if a process was killed while taking it over', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'lock');
  const dead = JSON.stringify({ pid: process.pid, started: 'long ago', note: 'start' });
  const longAgo = new Date(Date.now() - 60_000);
  for (const file of [path, `${path}.removing`]) {
    await writeFile(file, dead);
    await utimes(file, longAgo, longAgo);
  }
  const lock = await takeLock(path, 'start');
  expect(lock).toHaveProperty('release');
  if ('release' in lock) lock.release();
  expect(await readdir(folder)).toEqual([]);
});

it('does not count when its process id was reused', async () => {
  const path = join(await temporaryFolder(), 'lock');
  await writeFile(path, JSON.stringify({ pid: process.pid, started: 'long ago', note: 'start' }));
  const lock = await takeLock(path, 'start');
  expect(lock).toHaveProperty('release');
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ ...identify(process.pid), note: 'start' });
});

it('distinguishes a running process from none', async () => {
  const { child } = await contender(join(await temporaryFolder(), 'lock'));
  const identity = identify(child.pid ?? 0);
  expect(identity && stillRuns(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(identity && stillRuns(identity)).toBe(false);
  expect(identify(child.pid ?? 0)).toBeUndefined();
});
