import type { Row } from '../../benchmark.ts';
import { percentile, toRow } from '../../figures.ts';
import { findHighestRate } from '../find-highest-rate.ts';
import { floor, ours, reference } from '../contestants.ts';
import type { PeerGroup } from '../connect-peers.ts';
import { runLoad, type LoadResult, sendAsNextVisitor } from '../run-load.ts';
import { scaled, type RunSettings, withPeers } from '../run-settings.ts';

const VISITORS = 2_000;
const OPERATORS = 50;
const MAX_P99_MS = 100;
/** The rate of the first run, which estimates where to begin. */
const PROBE_RATE = 300;
/** Share of the estimate where the search begins: a busier server needs less time for each message. */
const BEGIN_AT = 0.8;
/** Messages a second from each visitor. With one more, the limit of 5 would sometimes be reached, so the search ends here. */
const MAX_OF_EACH = 4;
/** A rate counts as reached from this share on, because of the generator's timers and the edges of the measurement. */
const REACHED = 0.97;

interface Limit {
  readonly rate: number;
  readonly generatorShare: number;
}

/** The highest rate of messages, each to every operator, before they queue. */
export async function highestRate(settings: RunSettings): Promise<Row[]> {
  const size = { visitors: scaled(settings, VISITORS), operators: scaled(settings, OPERATORS) };
  const options = {
    'bare ws': { contestant: floor, ...size },
    reference: { contestant: reference, ...size },
    Switchboard: { contestant: ours(), ...size },
  };
  const found: Record<keyof typeof options, Limit[]> = { 'bare ws': [], reference: [], Switchboard: [] };
  await withPeers(settings, options, async (groups) => {
    const names = Object.keys(found) as (keyof typeof options)[];
    for (let round = 0; round < settings.rounds; round += 1) {
      for (const name of names) found[name].push(await limitOf(settings, groups[name], found[name].at(-1)));
    }
  });
  const { reference: theirs, Switchboard: our } = found;
  const rates = Object.entries(found).map(([name, limits]) =>
    toRow(
      `highest rate: ${name}`,
      'messages/s',
      limits.map(({ rate }) => rate),
    ),
  );
  const ratios = our.map(({ rate }, round) => rate / (theirs[round]?.rate ?? Number.NaN));
  const shares = Object.entries(found).map(([name, limits]) =>
    toRow(
      `highest rate: generator busy, ${name}`,
      '%',
      limits.map(({ generatorShare }) => generatorShare * 100),
    ),
  );
  return [...rates, toRow('highest rate: Switchboard ÷ reference (goal ≥ 1.5)', '×', ratios), ...shares];
}

/** The highest rate of one server, beginning near the one found before. @throws Error when no rate holds */
async function limitOf(settings: RunSettings, group: PeerGroup, before: Limit | undefined): Promise<Limit> {
  const run = async (perSecond: number) =>
    await runLoad(group, { ...settings.times, perSecond, receivers: group.operators.length, send: sendAsNextVisitor });
  let generatorShare = 0;
  const most = MAX_OF_EACH * group.visitors.length;
  const holds = async (rate: number) => {
    if (rate > most) return false;
    const result = await run(rate);
    const isFine = keepsUp(result, rate, group.operators.length);
    if (isFine) ({ generatorShare } = result);
    return isFine;
  };
  const begin = before === undefined ? (BEGIN_AT * 1e6) / (await run(scaled(settings, PROBE_RATE))).cpuPerMessage : before.rate / 1.1;
  const rate = await findHighestRate(Math.min(begin, most), holds);
  if (rate === 0) throw new Error(`${group.server.contestant.name} does not keep up with any rate.`);
  return { rate, generatorShare };
}

function keepsUp({ sent, delivered, latencies, refused }: LoadResult, rate: number, receivers: number): boolean {
  const isReached = sent >= REACHED * rate && delivered >= REACHED * rate * receivers;
  return isReached && refused === 0 && percentile(latencies, 0.99) < MAX_P99_MS;
}
