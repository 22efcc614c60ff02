/** One measured figure. */
export interface Row {
  readonly name: string;
  /** The unit of `median` and `rounds`: `saves/s`, `ms`, `µs of CPU`. */
  readonly unit: string;
  readonly median: number;
  /** The result of each round, in the order run. */
  readonly rounds: readonly number[];
  /** This median divided by the median of the row named `of`. */
  readonly ratio?: { readonly of: string; readonly value: number };
}

export interface Result {
  /** What is needed to repeat it: `{ concurrency: 64 }`. */
  readonly conditions: Readonly<Record<string, string | number | boolean>>;
  readonly rows: readonly Row[];
}

/** A new benchmark is a folder in `src` that exports one, and an entry in `benchmarks.ts`. */
export interface Benchmark {
  /** The name of its folder and of its results, and the argument that selects it. */
  readonly name: string;
  readonly title: string;
  /**
   * Runs it and stops everything that it started. Rejects when it can't measure what it describes.
   *
   * @param extent short: only to check quickly that it works; the figures are meaningless. against: the folder of another
   *   checkout to compare with, if the benchmark supports that
   */
  run(extent: { readonly short: boolean; readonly against?: string }): Promise<Result>;
}
