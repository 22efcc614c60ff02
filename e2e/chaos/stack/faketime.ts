import { existsSync } from 'node:fs';

/** Paths of Debian's package libfaketime, by processor architecture. */
const FAKETIME = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((machine) => `/usr/lib/${machine}/faketime/libfaketime.so.1`);

/** The library that shifts the clock of a process, if this machine has it. */
export function findFaketime(): string | undefined {
  return FAKETIME.find((path) => existsSync(path));
}

/** The environment that shifts the clock of a process by so many milliseconds; empty without the library. */
export function wrongClock(errorMs: number): Record<string, string> {
  const library = findFaketime();
  if (errorMs === 0 || library === undefined) return {};
  const by = `${errorMs < 0 ? '-' : '+'}${(Math.abs(errorMs) / 1_000).toFixed(3)}`;
  return { LD_PRELOAD: library, FAKETIME: by, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1', FAKETIME_NO_CACHE: '1' };
}
