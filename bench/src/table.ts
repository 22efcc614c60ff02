import type { Benchmark, Result, Row } from './benchmark.ts';

const HEAD = ['', 'median', 'unit', 'from', 'to', 'compared'] as const;

/** The figures of benchmarks as text: one paragraph for each, with aligned columns. */
export function formatTable(results: readonly { readonly benchmark: Pick<Benchmark, 'title'>; readonly result: Result }[]): string {
  const bodies = results.map(({ result }) => result.rows.map(cells));
  const all = [[...HEAD], ...bodies.flat()];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0, column))
      .join('  ')
      .trimEnd();
  return results
    .map(({ benchmark, result }, index) => {
      const conditions = Object.entries(result.conditions).map(([name, value]) => `${name} ${value}`);
      return [`${benchmark.title} (${conditions.join(', ')})`, line(HEAD), ...(bodies[index] ?? []).map(line)].join('\n');
    })
    .join('\n\n');
}

function cells({ name, unit, median, rounds, ratio }: Row): string[] {
  const compared = ratio === undefined ? '' : `${ratio.value.toFixed(1)} × ${ratio.of}`;
  return [name, figure(median), unit, figure(Math.min(...rounds)), figure(Math.max(...rounds)), compared];
}

/** The significant digits: at least three, and no decimals for a large number. */
function figure(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

/** Aligns figures to the right and words to the left. */
function pad(cell: string, width: number, column: number): string {
  return [1, 3, 4].includes(column) ? cell.padStart(width) : cell.padEnd(width);
}
