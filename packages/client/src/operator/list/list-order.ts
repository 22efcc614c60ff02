import type { ListView } from '../../model/types.ts';
import { hasMessages, isWaiting } from './list-row.ts';
import type { ListRow } from './list-row.ts';

/** A row's place in a view. */
export interface Place {
  readonly clientId: number;
  /** Waiting visitors come first, longest wait first; below them the newest activity is first. */
  readonly waits: boolean;
  /** ISO-8601. */
  readonly at: string;
}

/** The row's place in the view; null when it is not in it. The server has the same rules. */
export function placeIn(view: ListView, row: ListRow): Place | null {
  const { status, chat } = row;
  const clientId = chat.client.id;
  const { waitingSince, doneAt, lastActivityAt } = status;
  if (view === 'done') return doneAt === null ? null : { clientId, waits: false, at: doneAt };
  if (doneAt !== null || !hasMessages(row)) return null;
  if (waitingSince !== null && isWaiting(row)) return { clientId, waits: true, at: waitingSince };
  return view === 'waiting' ? null : { clientId, waits: false, at: lastActivityAt };
}

/** Negative when `a` is above `b`. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.waits !== b.waits) return a.waits ? -1 : 1;
  const later = a.at === b.at ? a.clientId - b.clientId : a.at > b.at ? 1 : -1;
  return a.waits ? later : -later;
}

/** A list that is sorted by place. It finds items by binary search. */
export class Ordered<T> {
  readonly #compare: (a: Place, b: Place) => number;
  readonly #placeOf = new Map<number, Place>();
  #places: Place[] = [];
  #items: T[] = [];
  #copy: readonly T[] | undefined;

  /** @param compare tests pass one that counts its calls */
  constructor(compare = comparePlaces) {
    this.#compare = compare;
  }

  /** In order; the same array while nothing changes. */
  items(): readonly T[] {
    this.#copy ??= this.#items.slice();
    return this.#copy;
  }

  /** In the same order. The array changes: do not keep it. */
  places(): readonly Place[] {
    return this.#places;
  }

  placeOf(clientId: number): Place | undefined {
    return this.#placeOf.get(clientId);
  }

  /** Inserts the item, or moves it to another place. */
  put(place: Place, item: T): void {
    const before = this.#placeOf.get(place.clientId);
    const stays = before !== undefined && this.#compare(before, place) === 0;
    const at = this.#find(place);
    if (stays && this.#items[at] === item) return;
    if (before !== undefined && !stays) {
      this.remove(place.clientId);
      this.put(place, item);
      return;
    }
    this.#places.splice(at, stays ? 1 : 0, place);
    this.#items.splice(at, stays ? 1 : 0, item);
    this.#placeOf.set(place.clientId, place);
    this.#copy = undefined;
  }

  remove(clientId: number): void {
    const place = this.#placeOf.get(clientId);
    if (place === undefined) return;
    const at = this.#find(place);
    this.#places.splice(at, 1);
    this.#items.splice(at, 1);
    this.#placeOf.delete(clientId);
    this.#copy = undefined;
  }

  clear(): void {
    this.#placeOf.clear();
    this.#places = [];
    this.#items = [];
    this.#copy = undefined;
  }

  /** Number of places above this one. */
  #find(place: Place): number {
    let [low, high] = [0, this.#places.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.#places[middle];
      if (other !== undefined && this.#compare(other, place) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
