import type { Row } from '../../benchmark.ts';
import { percentile, toRow } from '../../figures.ts';
import { climb } from '../climb.ts';
import { floor, ours, reference } from '../contestants.ts';
import type { Crowd } from '../crowd.ts';
import { play, type Played, visitorsInTurn } from '../play.ts';
import { scaled, type Stage, withCrowds } from '../stage.ts';

const VISITORS = 2_000;
const OPERATORS = 50;
const MAX_P99_MS = 100;
/** What is sent to see about where to begin. */
const PROBE_RATE = 300;
/** Of what the probe promises: a server that is busier does each message for less. */
const BEGIN_AT = 0.8;
/** A second, of each visitor: one more, and the limit of 5 would be hit now and then. The climb ends there. */
const MAX_OF_EACH = 4;
/** A rate counts as reached from here on: the generator's timers and the edges of the measurement take the rest. */
const REACHED = 0.97;

interface Limit {
  readonly rate: number;
  readonly generatorShare: number;
}

/** How many messages a second, each to every operator, until they wait for each other. */
export async function highestRate(stage: Stage): Promise<Row[]> {
  const size = { visitors: scaled(stage, VISITORS), operators: scaled(stage, OPERATORS) };
  const casts = {
    'bare ws': { contestant: floor, ...size },
    reference: { contestant: reference, ...size },
    Switchboard: { contestant: ours(), ...size },
  };
  const found: Record<keyof typeof casts, Limit[]> = { 'bare ws': [], reference: [], Switchboard: [] };
  await withCrowds(stage, casts, async (crowds) => {
    const names = Object.keys(found) as (keyof typeof casts)[];
    for (let round = 0; round < stage.rounds; round += 1) {
      for (const name of names) found[name].push(await limitOf(stage, crowds[name], found[name].at(-1)));
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

/** The highest rate of one server, beginning near the one found before. @throws Error when none holds */
async function limitOf(stage: Stage, crowd: Crowd, before: Limit | undefined): Promise<Limit> {
  const run = async (perSecond: number) =>
    await play(crowd, { ...stage.times, perSecond, receivers: crowd.operators.length, say: visitorsInTurn });
  let generatorShare = 0;
  const most = MAX_OF_EACH * crowd.visitors.length;
  const holds = async (rate: number) => {
    if (rate > most) return false;
    const played = await run(rate);
    const isFine = keepsUp(played, rate, crowd.operators.length);
    if (isFine) ({ generatorShare } = played);
    return isFine;
  };
  const begin = before === undefined ? (BEGIN_AT * 1e6) / (await run(scaled(stage, PROBE_RATE))).cpuPerMessage : before.rate / 1.1;
  const rate = await climb(Math.min(begin, most), holds);
  if (rate === 0) throw new Error(`${crowd.server.contestant.name} keeps up with no rate.`);
  return { rate, generatorShare };
}

function keepsUp({ sent, delivered, latencies, refused }: Played, rate: number, receivers: number): boolean {
  const isReached = sent >= REACHED * rate && delivered >= REACHED * rate * receivers;
  return isReached && refused === 0 && percentile(latencies, 0.99) < MAX_P99_MS;
}
