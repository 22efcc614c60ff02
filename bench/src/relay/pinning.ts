import { execFileSync } from 'node:child_process';

/** The processors of the server and of the load generator. */
export interface Pinning {
  readonly server: number;
  readonly generator: number;
}

/** The processors in a list of taskset: `0-2,5`. */
export function processorsOf(list: string): number[] {
  return list.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

function taskset(...args: string[]): string {
  return execFileSync('taskset', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

/** The list after the colon of "pid 1's current affinity list: 0,1". Undefined without taskset. */
function ownProcessors(): string | undefined {
  try {
    return taskset('-c', '-p', String(process.pid)).split(': ').at(-1)?.trim();
  } catch {
    return undefined;
  }
}

/**
 * Runs `work` on one processor and passes another one for the server; undefined without two processors or without taskset. Afterwards this
 * process may use the same processors as before.
 */
export async function withPinning<T>(work: (pinning: Pinning | undefined) => Promise<T>): Promise<T> {
  const list = ownProcessors();
  const [server, generator] = list === undefined ? [] : processorsOf(list);
  if (list === undefined || server === undefined || generator === undefined) return await work(undefined);
  const pinThisProcess = (processors: string) => taskset('-a', '-c', '-p', processors, String(process.pid));
  pinThisProcess(String(generator));
  try {
    return await work({ server, generator });
  } finally {
    pinThisProcess(list);
  }
}
