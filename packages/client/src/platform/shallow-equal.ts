/** Whether two plain objects have the same fields with the same values. */
export function shallowEqual(a: object, b: object): boolean {
  const left = Object.entries(a);
  const right = new Map(Object.entries(b));
  return left.length === right.size && left.every(([name, value]) => Object.is(right.get(name), value));
}
