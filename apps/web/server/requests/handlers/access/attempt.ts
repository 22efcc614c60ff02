import type { Params } from '../../route.ts';

/** Who attempts it: nobody, the visitors A and B, operators. */
export type Who = 'anonymous' | 'a' | 'b' | 'operator' | 'supervisor' | 'admin';

/** An attempt at an endpoint, for the access tests. */
export interface Attempt {
  /** Distinguishes several attempts at one endpoint. */
  readonly how?: string;
  /** A request for the conversation of visitor A. */
  readonly request: (headers: Readonly<Record<string, string>>) => Request;
  /** A function, where it depends on who was created before the tests. */
  readonly params?: Params | (() => Params);
  /** Status by caller; a supervisor gets what an operator does, unless it says otherwise. B's request for A's conversation is refused, or answered about B's own. */
  readonly expected: Readonly<Record<Exclude<Who, 'supervisor'>, number>> & { readonly supervisor?: number };
}
