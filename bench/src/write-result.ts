import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';

import type { Benchmark, Result } from './benchmark.ts';

const FOLDER = resolve(import.meta.dirname, '../results');
const GIB = 1024 ** 3;

/** Writes the figures and the machine they were measured on to `bench/results/<name>.json`, replacing the last ones. Resolves to the path. */
export async function writeResult({ name, title }: Benchmark, result: Result): Promise<string> {
  const processors = cpus();
  const record = {
    name,
    title,
    date: new Date().toISOString(),
    machine: {
      platform: `${process.platform} ${process.arch}`,
      processor: processors[0]?.model ?? 'unknown',
      processors: processors.length,
      memoryGiB: Math.round(totalmem() / GIB),
    },
    node: process.version,
    ...result,
  };
  await mkdir(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name}.json`);
  await writeFile(path, `${JSON.stringify(record, roundFigures, 2)}\n`);
  return path;
}

/** Five digits are more than the noise of a machine allows. */
function roundFigures(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}
