import { beforeEach, expect, it, onTestFinished } from 'vitest';

import { type Exit, type GaveUp, pauseMs, type Policy, type Running, type Service, Supervision } from './supervise.ts';

/** A service whose lives end when the test says so. */
class FakeService implements Service {
  readonly name = 'fake';
  readonly lives: { end: (exit: Exit) => void; stopped: number }[] = [];
  failures: string[] = [];

  async start(): Promise<Running> {
    const failure = this.failures.shift();
    if (failure !== undefined) throw new Error(failure);
    let end: (exit: Exit) => void = () => undefined;
    const exited = new Promise<Exit>((resolve) => {
      end = resolve;
    });
    const life = { end, stopped: 0 };
    this.lives.push(life);
    return await Promise.resolve({
      pid: this.lives.length,
      exited,
      stop: async () => {
        life.stopped += 1;
        end({ code: 0, signal: null });
        await exited;
      },
    });
  }

  lastLines(): string[] {
    return ['last words'];
  }
}

const KILLED: Exit = { code: null, signal: 'SIGKILL' };
const POLICY: Policy = { firstDelayMs: 20, maxDelayMs: 80, maxDeaths: 6, windowMs: 60_000 };
let service: FakeService;
let restarts: string[];
let gaveUp: GaveUp[];

async function begin(policy: Partial<Policy> = {}): Promise<Supervision> {
  const listener = { onRestart: (line: string) => void restarts.push(line), onGiveUp: (error: GaveUp) => void gaveUp.push(error) };
  const supervision = await Supervision.begin(service, listener, { ...POLICY, ...policy });
  onTestFinished(async () => await supervision.stop());
  return supervision;
}

/** Ends the life number `count` and waits for the next. */
async function endLife(count: number, exit: Exit = KILLED): Promise<void> {
  service.lives[count - 1]?.end(exit);
  await expect.poll(() => service.lives.length, { interval: 1 }).toBe(count + 1);
}

beforeEach(() => {
  service = new FakeService();
  restarts = [];
  gaveUp = [];
});

it('waits twice as long after each end, up to a limit', () => {
  expect([1, 2, 3, 4, 5].map((deaths) => pauseMs(POLICY, deaths))).toEqual([20, 40, 80, 80, 80]);
});

it('starts it again whatever its end', async () => {
  const supervision = await begin();
  supervision.markReady();
  for (const [index, exit] of [KILLED, { code: 1, signal: null }, { code: 0, signal: null }, KILLED].entries())
    await endLife(index + 1, exit);
  expect(restarts).toEqual([
    'fake ended (SIGKILL); starting it again',
    'fake ended (exit code 1); starting it again',
    'fake ended (exit code 0); starting it again',
    'fake ended (SIGKILL); starting it again',
  ]);
  // What a life left behind is cleared away before the next.
  expect(service.lives.map(({ stopped }) => stopped)).toEqual([1, 1, 1, 1, 0]);
  expect(gaveUp).toEqual([]);
});

it('gives up with its last words after too many ends', async () => {
  const supervision = await begin({ maxDeaths: 3, firstDelayMs: 1 });
  supervision.markReady();
  await endLife(1);
  service.failures = ['no memory'];
  service.lives[1]?.end(KILLED);
  await expect.poll(() => gaveUp.map(({ message }) => message)).toEqual(['fake ended 3 times within 60 s (the last time: no memory).']);
  expect(gaveUp[0]?.lastLines).toEqual(['last words']);
  expect(service.lives).toHaveLength(2);
});

it('forgets ends that are long ago', async () => {
  const supervision = await begin({ maxDeaths: 3, windowMs: 1, firstDelayMs: 5 });
  supervision.markReady();
  for (let count = 1; count <= 6; count += 1) await endLife(count);
  expect(gaveUp).toEqual([]);
});

it('starts it again when the next life does not begin', async () => {
  const supervision = await begin();
  supervision.markReady();
  service.failures = ['port in use', 'port in use'];
  await endLife(1);
  expect(restarts.slice(1)).toEqual(Array(2).fill('fake ended (port in use); starting it again'));
});

it('does not start it again when it ends of its own accord before it was ever ready', async () => {
  await begin();
  // Killed by somebody is not of its own accord.
  await endLife(1);
  service.lives[1]?.end({ code: 1, signal: null });
  await expect.poll(() => gaveUp.map(({ message }) => message)).toEqual(['fake did not start (exit code 1).']);
  expect(service.lives).toHaveLength(2);
});

it('rejects when the first start fails', async () => {
  service.failures = ['no such file'];
  await expect(begin()).rejects.toThrow('no such file');
});

it('stops it, and does not take that for an end', async () => {
  const supervision = await begin();
  supervision.markReady();
  await supervision.stop();
  expect(service.lives.map(({ stopped }) => stopped > 0)).toEqual([true]);
  expect(restarts).toEqual([]);
});

it('stops it in a pause between two lives', async () => {
  const supervision = await begin({ firstDelayMs: 60_000 });
  supervision.markReady();
  service.lives[0]?.end(KILLED);
  await expect.poll(() => restarts).toHaveLength(1);
  await supervision.stop();
  expect(service.lives).toHaveLength(1);
});
