import type { Opened } from './database/open.ts';
import type { Fetch } from './network.ts';

/** What the checks use besides the facts. */
export interface World {
  readonly fetch: Fetch;
  /** Opens the database. Called at most once; its creator closes the database. */
  readonly open: () => Promise<Opened>;
  /** How much longer work takes than on an idle machine. */
  readonly busy: number;
}
