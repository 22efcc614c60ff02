import type { Params } from './route.ts';

/** The id in the path. 0, which is no row's id, when it is no whole number: the verbs answer `not_found` for both. */
export function idOf({ id = '' }: Params): number {
  return /^[1-9]\d{0,9}$/.test(id) ? Number(id) : 0;
}
