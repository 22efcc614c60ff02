/**
 * Finds the highest rate that holds, by steps of a tenth up from `begin`, or down when that is already too much; 0 when 20 steps down did not
 * help.
 *
 * @param holds whether a rate holds
 */
export async function findHighestRate(begin: number, holds: (rate: number) => Promise<boolean>): Promise<number> {
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
