import type { Row } from '../../benchmark.ts';
import { takeTurns } from '../../figures.ts';
import { floor, ours, reference } from '../contestants.ts';
import type { Crowd } from '../crowd.ts';
import { play, visitorsInTurn } from '../play.ts';
import { comparison, type Figure, figureRow, generatorPercent, latency, scaled, type Stage, withCrowds } from '../stage.ts';

const VISITORS = 500;
const OPERATORS = 50;
/** A second, of all visitors: 4 of each, so that the limit of 5 is on and never hit. */
const RATE = 2_000;

/** Every visitor's message goes to every operator. */
export async function broadcast(stage: Stage): Promise<Row[]> {
  const size = { visitors: scaled(stage, VISITORS), operators: scaled(stage, OPERATORS) };
  const casts = {
    floor: { contestant: floor, ...size },
    reference: { contestant: reference, ...size },
    ours: { contestant: ours(), ...size },
  };
  const load = { ...stage.times, perSecond: scaled(stage, RATE), receivers: size.operators, say: visitorsInTurn };
  const given = await withCrowds(stage, casts, async (crowds) => {
    const turn = (crowd: Crowd) => async () => await play(crowd, load);
    return await takeTurns(stage.rounds, { floor: turn(crowds.floor), reference: turn(crowds.reference), ours: turn(crowds.ours) });
  });
  const all = [
    { name: 'bare ws', plays: given.floor },
    { name: 'reference', plays: given.reference },
    { name: 'Switchboard', plays: given.ours },
  ];
  const each = (title: string, unit: string, pick: Figure) =>
    all.map(({ name, plays }) => figureRow(`broadcast: ${title}, ${name}`, unit, plays, pick));
  return [
    ...each('CPU a delivery', 'µs', ({ cpuPerDelivery }) => cpuPerDelivery),
    comparison(
      'broadcast: CPU, Switchboard ÷ reference (goal ≤ 0.65)',
      given.ours,
      given.reference,
      ({ cpuPerDelivery }) => cpuPerDelivery,
    ),
    comparison('broadcast: CPU, Switchboard ÷ bare ws (goal ≤ 1.3)', given.ours, given.floor, ({ cpuPerDelivery }) => cpuPerDelivery),
    ...each('deliveries', '/s', ({ delivered }) => delivered),
    ...each('latency p50', 'ms', latency(0.5)),
    ...each('latency p99', 'ms', latency(0.99)),
    ...each('server busy', '%', ({ serverShare }) => serverShare * 100),
    ...each('generator busy', '%', generatorPercent),
    ...each('refused', '', ({ refused }) => refused),
  ];
}
