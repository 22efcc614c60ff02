import { beforeEach, expect, it, onTestFinished } from 'vitest';

import { type Exit, type ServiceFailedError, pauseMs, type Policy, type Running, type Service, Supervision } from './supervise.ts';

/** A service whose runs end when the test says so. */
class FakeService implements Service {
  readonly name = 'fake';
  readonly runs: { end: (exit: Exit) => void; stopped: number }[] = [];
  failures: string[] = [];

  async start(): Promise<Running> {
    const failure = this.failures.shift();
    if (failure !== undefined) throw new Error(failure);
    let end: (exit: Exit) => void = () => undefined;
    const exited = new Promise<Exit>((resolve) => {
      end = resolve;
    });
    const life = { end, stopped: 0 };
    this.runs.push(life);
    return await Promise.resolve({
      pid: this.runs.length,
      exited,
      stop: async () => {
        life.stopped += 1;
        end({ code: 0, signal: null });
        await exited;
      },
    });
  }

  lastLines(): string[] {
    return ['last output'];
  }
}

const KILLED: Exit = { code: null, signal: 'SIGKILL' };
const POLICY: Policy = { firstDelayMs: 20, maxDelayMs: 80, maxExits: 6, windowMs: 60_000 };
let service: FakeService;
let restarts: string[];
let gaveUp: ServiceFailedError[];

async function begin(policy: Partial<Policy> = {}): Promise<Supervision> {
  const listener = {
    onRestart: (line: string) => void restarts.push(line),
    onGiveUp: (error: ServiceFailedError) => void gaveUp.push(error),
  };
  const supervision = await Supervision.begin(service, listener, { ...POLICY, ...policy });
  onTestFinished(async () => await supervision.stop());
  return supervision;
}

/** Ends run number `count` and waits for the next one. */
async function endRun(count: number, exit: Exit = KILLED): Promise<void> {
  service.runs[count - 1]?.end(exit);
  await expect.poll(() => service.runs.length, { interval: 1 }).toBe(count + 1);
}

beforeEach(() => {
  service = new FakeService();
  restarts = [];
  gaveUp = [];
});

it('doubles the wait after each exit, up to a limit', () => {
  expect([1, 2, 3, 4, 5].map((deaths) => pauseMs(POLICY, deaths))).toEqual([20, 40, 80, 80, 80]);
});

it('restarts a service after any exit', async () => {
  const supervision = await begin();
  supervision.markReady();
  for (const [index, exit] of [KILLED, { code: 1, signal: null }, { code: 0, signal: null }, KILLED].entries())
    await endRun(index + 1, exit);
  expect(restarts).toEqual([
    'fake ended (SIGKILL); restarting',
    'fake ended (exit code 1); restarting',
    'fake ended (exit code 0); restarting',
    'fake ended (SIGKILL); restarting',
  ]);
  // The remains of a run are cleaned up before the next one.
  expect(service.runs.map(({ stopped }) => stopped)).toEqual([1, 1, 1, 1, 0]);
  expect(gaveUp).toEqual([]);
});

it('gives up with the last output after too many exits', async () => {
  const supervision = await begin({ maxExits: 3, firstDelayMs: 1 });
  supervision.markReady();
  await endRun(1);
  service.failures = ['no memory'];
  service.runs[1]?.end(KILLED);
  await expect.poll(() => gaveUp.map(({ message }) => message)).toEqual(['fake ended 3 times within 60 s (most recently: no memory).']);
  expect(gaveUp[0]?.lastLines).toEqual(['last output']);
  expect(service.runs).toHaveLength(2);
});

it('ignores old exits', async () => {
  const supervision = await begin({ maxExits: 3, windowMs: 1, firstDelayMs: 5 });
  supervision.markReady();
  for (let count = 1; count <= 6; count += 1) await endRun(count);
  expect(gaveUp).toEqual([]);
});

it('retries when a restart fails', async () => {
  const supervision = await begin();
  supervision.markReady();
  service.failures = ['port in use', 'port in use'];
  await endRun(1);
  expect(restarts.slice(1)).toEqual(Array(2).fill('fake ended (port in use); restarting'));
});

it('does not restart a service that exits on its own before it was ever ready', async () => {
  await begin();
  // A kill does not count as exiting on its own.
  await endRun(1);
  service.runs[1]?.end({ code: 1, signal: null });
  await expect.poll(() => gaveUp.map(({ message }) => message)).toEqual(['fake did not start (exit code 1).']);
  expect(service.runs).toHaveLength(2);
});

it('rejects when the first start fails', async () => {
  service.failures = ['no such file'];
  await expect(begin()).rejects.toThrow('no such file');
});

it('stops a service without counting that as a failure', async () => {
  const supervision = await begin();
  supervision.markReady();
  await supervision.stop();
  expect(service.runs.map(({ stopped }) => stopped > 0)).toEqual([true]);
  expect(restarts).toEqual([]);
});

it('stops it in the pause before a restart', async () => {
  const supervision = await begin({ firstDelayMs: 60_000 });
  supervision.markReady();
  service.runs[0]?.end(KILLED);
  await expect.poll(() => restarts).toHaveLength(1);
  await supervision.stop();
  expect(service.runs).toHaveLength(1);
});
