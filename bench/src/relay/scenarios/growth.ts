import type { Row } from '../../benchmark.ts';
import { takeTurns, toRow } from '../../figures.ts';
import { ours } from '../contestants.ts';
import type { Crowd } from '../crowd.ts';
import { type Load, play, type Played } from '../play.ts';
import { figureRow, scaled, type Stage, withCrowds } from '../stage.ts';

const VISITORS = [100, 1_000, 5_000] as const;
/** Those that write; the others are just there. */
const WRITERS = 100;
const RATE_OF_WRITERS = 400;
const OPERATORS_OF_VISITORS = 10;

const OPERATORS = [10, 50, 200, 500] as const;
const VISITORS_OF_OPERATORS = 500;
/** The rate is what makes so many deliveries a second, whatever the number of operators. */
const DELIVERIES = 20_000;
/** A second, of each visitor: the limit is 5. */
const MAX_OF_EACH = 4;

/** The server asks every connection whether it is still there, every 25 seconds, those that came together at once. */
const MAX_PINGED_SHARE = 0.01;
const TRIES = 10;

/** What a message costs with more and more visitors who say nothing. */
export async function growthWithVisitors(stage: Stage): Promise<Row[]> {
  const operators = scaled(stage, OPERATORS_OF_VISITORS);
  const casts = Object.fromEntries(
    VISITORS.map((visitors) => [visitors, { contestant: ours(), visitors: scaled(stage, visitors), operators }]),
  );
  const say = ({ visitors, server }: Crowd, index: number, text: string) =>
    visitors[index % Math.min(WRITERS, visitors.length)]?.line.send(server.contestant.dialect.message(text));
  const load = { ...stage.times, perSecond: scaled(stage, RATE_OF_WRITERS), receivers: operators, say };
  const given = await withCrowds(
    stage,
    casts,
    async (crowds) =>
      await takeTurns(
        stage.rounds,
        turns(crowds, () => load),
      ),
  );
  const rows = VISITORS.map((visitors) =>
    figureRow(
      `CPU a message to ${operators} operators, ${visitors} visitors`,
      'µs',
      given[visitors] ?? [],
      ({ cpuPerMessage }) => cpuPerMessage,
    ),
  );
  return rows.map((row) => (row === rows[0] ? row : toRow(row.name, row.unit, row.rounds, rows[0])));
}

/** What a message costs with more and more operators, who all get it. */
export async function growthWithOperators(stage: Stage): Promise<Row[]> {
  const visitors = scaled(stage, VISITORS_OF_OPERATORS);
  const casts = Object.fromEntries(
    OPERATORS.map((operators) => [operators, { contestant: ours(), visitors, operators: scaled(stage, operators) }]),
  );
  const say = ({ visitors, server }: Crowd, index: number, text: string) =>
    visitors[index % visitors.length]?.line.send(server.contestant.dialect.message(text));
  const loadOf = ({ operators }: Crowd) => ({
    ...stage.times,
    perSecond: Math.min(MAX_OF_EACH * visitors, scaled(stage, DELIVERIES) / operators.length),
    receivers: operators.length,
    say,
  });
  const given = await withCrowds(stage, casts, async (crowds) => await takeTurns(stage.rounds, turns(crowds, loadOf)));
  return OPERATORS.flatMap((operators) => [
    figureRow(`CPU a message, ${operators} operators`, 'µs', given[operators] ?? [], ({ cpuPerMessage }) => cpuPerMessage),
    figureRow(`CPU a delivery, ${operators} operators`, 'µs', given[operators] ?? [], ({ cpuPerDelivery }) => cpuPerDelivery),
  ]);
}

function turns(crowds: Readonly<Record<string, Crowd>>, loadOf: (crowd: Crowd) => Load) {
  return Object.fromEntries(
    Object.entries(crowds).map(([name, crowd]) => [name, async () => await playBetweenPings(crowd, loadOf(crowd))]),
  );
}

/** Pings are no messages: what was measured while many of them went out is measured again. */
async function playBetweenPings(crowd: Crowd, load: Load): Promise<Played> {
  for (let tries = 1; ; tries += 1) {
    const before = crowd.heard.ping;
    const played = await play(crowd, load);
    if (crowd.heard.ping - before <= MAX_PINGED_SHARE * crowd.visitors.length || tries === TRIES) return played;
  }
}
