import type { Row } from './benchmark.ts';

/** The middle value; for an even number of values, the mean of the middle two. @throws RangeError without values */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('The median needs at least one value.');
  return (lower + upper) / 2;
}

/** The value that a share of the values does not exceed: 0.95 for the 95th percentile (nearest rank). @throws RangeError without values */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('A percentile needs at least one value.');
  return value;
}

/** The row of the results of all rounds, compared with another row of the same unit. */
export function toRow(name: string, unit: string, rounds: readonly number[], than?: Row): Row {
  const middle = median(rounds);
  return { name, unit, median: middle, rounds, ...(than === undefined ? {} : { ratio: { of: than.name, value: middle / than.median } }) };
}

/**
 * Runs the contestants alternately, `rounds` times after a first round that does not count, so that other work of the machine affects all of them alike.
 * Resolves to the results of each, round by round.
 */
export async function runAlternately<Name extends string, Figure>(
  rounds: number,
  contestants: Readonly<Record<Name, () => Promise<Figure>>>,
): Promise<Record<Name, Figure[]>> {
  const names = Object.keys(contestants) as Name[];
  const given = Object.fromEntries(names.map((name) => [name, [] as Figure[]])) as Record<Name, Figure[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const figure = await contestants[name]();
      if (round > 0) given[name].push(figure);
    }
  }
  return given;
}
