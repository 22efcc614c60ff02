import type { Benchmark } from './benchmark.ts';
import { consoleList } from './console-list/index.ts';
import { reads } from './reads/index.ts';
import { relay } from './relay/index.ts';
import { savesOverHttp } from './saves-over-http/index.ts';
import { saves } from './saves/index.ts';

/** All benchmarks, in the order run. */
export const benchmarks: readonly Benchmark[] = [saves, savesOverHttp, reads, relay, consoleList];
