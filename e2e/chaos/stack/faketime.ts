import { existsSync } from 'node:fs';

/** Debian's package libfaketime, on whichever kind of machine. */
const FAKETIME = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].map((machine) => `/usr/lib/${machine}/faketime/libfaketime.so.1`);

/** The library that gives a process another clock, if this machine has it. */
export function findFaketime(): string | undefined {
  return FAKETIME.find((path) => existsSync(path));
}

/** The environment in which a process has a clock that is wrong by so many milliseconds; empty where nothing makes that possible. */
export function wrongClock(errorMs: number): Record<string, string> {
  const library = findFaketime();
  if (errorMs === 0 || library === undefined) return {};
  const by = `${errorMs < 0 ? '-' : '+'}${(Math.abs(errorMs) / 1_000).toFixed(3)}`;
  return { LD_PRELOAD: library, FAKETIME: by, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1', FAKETIME_NO_CACHE: '1' };
}
