/**
 * The highest rate that holds, found by steps of a tenth up from where to begin, or down when that is too much already; 0 when 20 steps down did not
 * help.
 *
 * @param holds tries a rate
 */
export async function climb(begin: number, holds: (rate: number) => Promise<boolean>): Promise<number> {
  let rate = begin;
  if (await holds(rate)) {
    while (await holds(rate * STEP)) rate *= STEP;
    return rate;
  }
  for (let steps = 0; steps < MAX_STEPS; steps += 1) {
    rate /= STEP;
    if (await holds(rate)) return rate;
  }
  return 0;
}

const STEP = 1.1;
const MAX_STEPS = 20;
