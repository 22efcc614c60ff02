/** A source of chance that gives the same numbers for the same seed, so that a run can be had again. */
export interface Random {
  /** From 0 to 1, without 1. */
  (): number;
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** A source of its own: what one part draws does not change what another gets. */
  fork(name: string): Random;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}

/** A generator by Tommy Ettinger, known as mulberry32: 32 bits of state, plenty for a schedule of faults. */
export function createRandom(seed: string): Random {
  let state = hash(seed);
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return Object.assign(next, {
    whole: (min: number, max: number) => min + Math.floor(next() * (max - min + 1)),
    pick: <T>(from: readonly [T, ...T[]]): T => from[Math.floor(next() * from.length)] ?? from[0],
    fork: (name: string) => createRandom(`${seed}/${name}`),
  });
}
