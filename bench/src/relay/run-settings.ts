import type { Row } from '../benchmark.ts';
import { percentile, toRow } from '../figures.ts';
import { type PeerGroup, connectPeers } from './connect-peers.ts';
import type { Pinning } from './pinning.ts';
import type { Load, LoadResult } from './run-load.ts';
import { type Contestant, type Server, startServer } from './server-process.ts';

/** What all scenarios share. */
export interface RunSettings {
  readonly pinning: Pinning | undefined;
  readonly rounds: number;
  readonly times: Pick<Load, 'warmUpMs' | 'durationMs'>;
  /** Numbers of peers and rates are multiplied by this: 1, or less to check quickly that everything works. */
  readonly scale: number;
}

/** An amount at the scale of the settings. */
export function scaled({ scale }: RunSettings, amount: number): number {
  return Math.max(1, Math.round(amount * scale));
}

/** A server, and how many peers connect to it. */
export interface GroupOptions {
  readonly contestant: Contestant;
  readonly visitors: number;
  readonly operators: number;
}

/**
 * Starts a server with its peers for each of `options`, all at the same time, runs `work` with them, and stops them afterwards.
 *
 * @throws Error when a peer could not connect
 */
export async function withPeers<Name extends string, T>(
  { pinning }: RunSettings,
  options: Readonly<Record<Name, GroupOptions>>,
  work: (groups: Readonly<Record<Name, PeerGroup>>) => Promise<T>,
): Promise<T> {
  const servers: Server[] = [];
  const groups: [string, PeerGroup][] = [];
  try {
    for (const [name, size] of Object.entries<GroupOptions>(options)) {
      const server = await startServer(size.contestant, pinning);
      servers.push(server);
      const group = await connectPeers(server, size);
      groups.push([name, group]);
      if (group.failures.length > 0)
        throw new Error(`${size.contestant.name}: ${group.failures.length} connections failed: ${group.failures[0]}`);
    }
    return await work(Object.fromEntries(groups) as Record<Name, PeerGroup>);
  } finally {
    for (const [, group] of groups) group.close();
    for (const server of servers) await server.stop();
  }
}

/** Picks one figure of a run. */
export type Figure = (result: LoadResult) => number;

/** The row of one figure. */
export function figureRow(name: string, unit: string, results: readonly LoadResult[], pick: Figure): Row {
  return toRow(name, unit, results.map(pick));
}

/** The row of the ratios between two contestants, round by round, because a disturbance of the machine affects both of one round. */
export function comparison(name: string, results: readonly LoadResult[], others: readonly LoadResult[], pick: Figure): Row {
  const ratios = results.map((result, round) => pick(result) / pick(others[round] ?? result));
  return toRow(name, '×', ratios);
}

/** A percentile of the latencies, in milliseconds. @throws RangeError when no latency was measured */
export const latency = (share: number) => (result: LoadResult) => percentile(result.latencies, share);

/** How busy the load generator was: near 100 the generator is measured, not the server. */
export const generatorPercent: Figure = ({ generatorShare }) => generatorShare * 100;
