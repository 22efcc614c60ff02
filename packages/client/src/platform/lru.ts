/** Puts an entry at the end of a map, and lets go of the oldest when there are more than `max`. */
export function lruSet<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > max) for (const unused of oldest(map.keys(), map.size - max)) map.delete(unused);
}

/** The first of what is kept in the order of use: at most `count` of them. */
export function oldest<T>(items: Iterable<T>, count: number): T[] {
  const found: T[] = [];
  for (const item of items) {
    if (found.length >= count) break;
    found.push(item);
  }
  return found;
}
