import type { Row } from './benchmark.ts';

/** The middle value, of an even number the mean of the middle two. @throws RangeError when there is none */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  if (upper === undefined || lower === undefined) throw new RangeError('There is no median of nothing.');
  return (lower + upper) / 2;
}

/** The value that a share of the values does not exceed: 0.95 for the 95th percentile (nearest rank). @throws RangeError when there is none */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('There is no percentile of nothing.');
  return value;
}

/** The row of what the rounds gave, compared with another one of the same unit. */
export function toRow(name: string, unit: string, rounds: readonly number[], than?: Row): Row {
  const middle = median(rounds);
  return { name, unit, median: middle, rounds, ...(than === undefined ? {} : { ratio: { of: than.name, value: middle / than.median } }) };
}

/**
 * Runs the contestants in turn, `rounds` times after a round that does not count, so that whatever else the machine does hits all of them alike.
 * Answers what each gave, round by round.
 */
export async function takeTurns<Name extends string, Figure>(
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
