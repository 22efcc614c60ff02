/** The first of a set that is kept in the order of use: at most `count` of them. */
export function oldest<T>(items: Iterable<T>, count: number): T[] {
  const found: T[] = [];
  for (const item of items) {
    if (found.length >= count) break;
    found.push(item);
  }
  return found;
}
