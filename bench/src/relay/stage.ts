import type { Row } from '../benchmark.ts';
import { percentile, toRow } from '../figures.ts';
import { type Crowd, openCrowd } from './crowd.ts';
import type { Pinning } from './pinning.ts';
import type { Load, Played } from './play.ts';
import { type Contestant, type Server, startServer } from './server-process.ts';

/** What all scenarios share. */
export interface Stage {
  readonly pinning: Pinning | undefined;
  readonly rounds: number;
  readonly times: Pick<Load, 'warmUpMs' | 'durationMs'>;
  /** People and rates are multiplied by this: 1, or less to see in a hurry that everything works. */
  readonly scale: number;
}

/** So many at the stage's scale. */
export function scaled({ scale }: Stage, amount: number): number {
  return Math.max(1, Math.round(amount * scale));
}

/** Who plays, and before how many. */
export interface Cast {
  readonly contestant: Contestant;
  readonly visitors: number;
  readonly operators: number;
}

/**
 * Runs `work` with a server and a crowd for each of these, all of them there at the same time, and ends them afterwards.
 *
 * @throws Error when somebody was not let in
 */
export async function withCrowds<Name extends string, T>(
  { pinning }: Stage,
  casts: Readonly<Record<Name, Cast>>,
  work: (crowds: Readonly<Record<Name, Crowd>>) => Promise<T>,
): Promise<T> {
  const servers: Server[] = [];
  const crowds: [string, Crowd][] = [];
  try {
    for (const [name, cast] of Object.entries<Cast>(casts)) {
      const server = await startServer(cast.contestant, pinning);
      servers.push(server);
      const crowd = await openCrowd(server, cast);
      crowds.push([name, crowd]);
      if (crowd.failures.length > 0)
        throw new Error(`${cast.contestant.name}: ${crowd.failures.length} lines failed: ${crowd.failures[0]}`);
    }
    return await work(Object.fromEntries(crowds) as Record<Name, Crowd>);
  } finally {
    for (const [, crowd] of crowds) crowd.close();
    for (const server of servers) await server.stop();
  }
}

/** A figure of some runs. */
export type Figure = (played: Played) => number;

/** The row of one figure. */
export function figureRow(name: string, unit: string, plays: readonly Played[], pick: Figure): Row {
  return toRow(name, unit, plays.map(pick));
}

/** The row of how one's figures compare with another's, round by round: what disturbed a round disturbed both. */
export function comparison(name: string, plays: readonly Played[], others: readonly Played[], pick: Figure): Row {
  const ratios = plays.map((played, round) => pick(played) / pick(others[round] ?? played));
  return toRow(name, '×', ratios);
}

/** A percentile of the latencies, in milliseconds. @throws RangeError without any: then nothing that was sent came with a time */
export const latency = (share: number) => (played: Played) => percentile(played.latencies, share);

/** How busy the generator was: near 100 it is the one that is measured. */
export const generatorPercent: Figure = ({ generatorShare }) => generatorShare * 100;
