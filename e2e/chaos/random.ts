/** A source of random numbers that are the same for the same seed, so that a run can be repeated. */
export interface Random {
  /** A number from 0 to 1, excluding 1. */
  (): number;
  /** A whole number from `min` to `max`, both inclusive. */
  whole(min: number, max: number): number;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** A separate source, so that the draws of one part do not change those of another. */
  fork(name: string): Random;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}

/** The generator mulberry32 by Tommy Ettinger: 32 bits of state are enough for a schedule of faults. */
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
