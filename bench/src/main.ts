import { relative } from 'node:path';

import type { Benchmark } from './benchmark.ts';
import { benchmarks } from './benchmarks.ts';
import { formatTable } from './table.ts';
import { writeResult } from './write-result.ts';

/** The benchmarks of these names; without names all of them. Undefined when a name is unknown. */
function pick(names: readonly string[]): Benchmark[] | undefined {
  if (names.some((name) => !benchmarks.some((benchmark) => benchmark.name === name))) return undefined;
  return benchmarks.filter(({ name }) => names.length === 0 || names.includes(name));
}

/** Only checks quickly that the benchmarks work. Nothing is written. */
const SHORT = '--short';
const short = process.argv.includes(SHORT);
/** `--against=<folder>`: compares this checkout's relay with the one built in another checkout. Nothing is written. */
const AGAINST = '--against=';
const against = process.argv.find((argument) => argument.startsWith(AGAINST))?.slice(AGAINST.length);
const picked = pick(process.argv.slice(2).filter((argument) => argument !== SHORT && !argument.startsWith(AGAINST)));
if (picked === undefined) {
  console.error(`Unknown benchmark. The benchmarks are: ${benchmarks.map(({ name }) => name).join(', ')}.`);
  process.exitCode = 1;
} else {
  const results = [];
  for (const benchmark of picked) {
    console.error(`measuring ${benchmark.name} …`);
    const result = await benchmark.run({ short, ...(against === undefined ? {} : { against }) });
    if (!short && against === undefined)
      console.error(`${benchmark.name}: written to ${relative(process.cwd(), await writeResult(benchmark, result))}`);
    results.push({ benchmark, result });
  }
  console.log(`\n${formatTable(results)}`);
}
