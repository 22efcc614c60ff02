import { DEFAULT_PAGE_SIZE, invalidField, MAX_PAGE_SIZE } from '@switchboard/protocol';

import { MAX_INTEGER } from './visible.ts';

/** Which page of a list: `cursor` is the `nextCursor` of the page before, `limit` is `DEFAULT_PAGE_SIZE` unless given, and capped at `MAX_PAGE_SIZE`. */
export interface PageQuery {
  readonly cursor?: string | undefined;
  readonly limit?: number | undefined;
}

/** A page of a list; `nextCursor` is null on the last one. */
export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** The most items of the page. */
export function pageSize({ limit = DEFAULT_PAGE_SIZE }: PageQuery): number {
  return Math.max(1, Math.min(limit, MAX_PAGE_SIZE));
}

/** The id after which a page of a list in the order of ids begins. @throws ChatError `invalid_request` for a cursor of another list */
export function idAfter({ cursor = '0' }: PageQuery): number {
  const id = /^\d{1,10}$/.test(cursor) ? Number(cursor) : MAX_INTEGER + 1;
  if (id > MAX_INTEGER) throw badCursor();
  return id;
}

/** The error for a cursor that this list has not answered. */
export function badCursor() {
  return invalidField('cursor', 'must be one that this list has answered');
}

/** The page of these rows, of which there is one more than `size` if there is another page. */
export function pageOf<R, T>(rows: readonly R[], size: number, cursorOf: (row: R) => string | number, itemOf: (row: R) => T): Page<T> {
  const shown = rows.slice(0, size);
  const last = shown.at(-1);
  return { items: shown.map(itemOf), nextCursor: rows.length <= size || last === undefined ? null : String(cursorOf(last)) };
}
