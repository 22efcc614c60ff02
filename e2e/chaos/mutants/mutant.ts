/** One way to break the product on purpose, and what has to notice. */
export interface Mutant {
  readonly name: string;
  /** What is broken, as a person would say it. */
  readonly breaks: string;
  readonly edits: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
  /** What has to be built anew before it runs. */
  readonly rebuild: readonly ('relay' | 'web')[];
  /** A scenario in which it has to be seen, played with up to `SEEDS` seeds … */
  readonly scenario?: string;
  /** … or the tests beside the code, where it is about something that no fault brings to light. */
  readonly tests?: string;
}
