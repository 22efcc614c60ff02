/** One thing that was measured. */
export interface Row {
  readonly name: string;
  /** What `median` and `rounds` count: `saves/s`, `ms`, `µs of CPU`. */
  readonly unit: string;
  readonly median: number;
  /** What each round gave, in the order run. */
  readonly rounds: readonly number[];
  /** How many times the median of the row named `of` this median is. */
  readonly ratio?: { readonly of: string; readonly value: number };
}

export interface Result {
  /** What somebody has to know to repeat it: `{ concurrency: 64 }`. */
  readonly conditions: Readonly<Record<string, string | number | boolean>>;
  readonly rows: readonly Row[];
}

/** A folder in `src` that exports one, and a place in the list of `benchmarks.ts`, make a new one. */
export interface Benchmark {
  /** The folder's name, the argument that picks it, and the name of its results. */
  readonly name: string;
  readonly title: string;
  /**
   * Takes whatever it started with it. Rejects when what it would measure is not what it says.
   *
   * @param extent short: only to see in a hurry that it works, where that makes a difference; the figures are worth nothing. against: the folder of another
   *   checkout to compare with, where the benchmark can
   */
  run(extent: { readonly short: boolean; readonly against?: string }): Promise<Result>;
}
