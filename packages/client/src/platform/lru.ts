/** Sets an entry of a map that is used as an LRU cache: it becomes the newest, and the oldest ones are removed beyond `max` entries. */
export function lruSet<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > max) for (const unused of oldest(map.keys(), map.size - max)) map.delete(unused);
}

/** The first `count` items: the oldest ones, if they are in order of use. */
export function oldest<T>(items: Iterable<T>, count: number): T[] {
  const found: T[] = [];
  for (const item of items) {
    if (found.length >= count) break;
    found.push(item);
  }
  return found;
}
