import { availableParallelism, loadavg } from 'node:os';

/** Work that is cut into pieces, each of which fits between two turns of other processes. */
const PIECES = 100;
const ROUNDS = 100_000;
const MOST = 12;

let sink = 1;

function measurePiece(): number {
  const began = performance.now();
  for (let round = 0; round < ROUNDS; round += 1) sink = Math.imul(sink ^ round, 0x01000193) >>> 0;
  return performance.now() - began;
}

/**
 * How much longer things take on this machine at this moment than when nothing else runs: 1 to 12. What does not answer in its time on an idle machine
 * may do so in that many times as long on one that installs or builds something. Takes some 50 ms.
 */
export function measureBusy(): number {
  for (let warm = 0; warm < PIECES / 4; warm += 1) measurePiece();
  const times = Array.from({ length: PIECES }, measurePiece);
  const took = times.reduce((sum, time) => sum + time, 0);
  const [lastMinute = 0] = loadavg();
  return Math.min(MOST, Math.max(1, took / (Math.min(...times) * PIECES), lastMinute / availableParallelism()));
}
