import { availableParallelism, loadavg } from 'node:os';

/** The work is split into pieces, each short enough to fit into one time slice. */
const PIECES = 100;
const ROUNDS = 100_000;
const MAX_FACTOR = 12;

let sink = 1;

function measurePiece(): number {
  const began = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) sink = Math.imul(sink ^ round, 0x01000193) >>> 0;
  return performance.now() - began;
}

/**
 * How much longer work takes now than on an idle machine: 1 to 12. Timeouts are multiplied by it, because the machine may be installing or building something.
 * Takes about 50 ms.
 */
export function measureBusy(): number {
  for (let warm = 0; warm < PIECES / 4; warm += 1) measurePiece();
  const times = Array.from({ length: PIECES }, measurePiece);
  const took = times.reduce((sum, time) => sum + time, 0);
  const [lastMinute = 0] = loadavg();
  return Math.min(MAX_FACTOR, Math.max(1, took / (Math.min(...times) * PIECES), lastMinute / availableParallelism()));
}
