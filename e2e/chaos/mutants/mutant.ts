/** One way to break the product on purpose, and what has to detect it. */
export interface Mutant {
  readonly name: string;
  /** What is broken, in plain words. */
  readonly breaks: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  /** The apps that have to be built again before it runs. */
  readonly rebuild: readonly ('relay' | 'web')[];
  /** The scenario that has to detect it, played with up to `SEEDS` seeds … */
  readonly scenario?: string;
  /** … or tests, if no fault would reveal it. */
  readonly tests?: string;
}
