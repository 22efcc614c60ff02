import type { Row } from '../../benchmark.ts';
import { takeTurns } from '../../figures.ts';
import { ours } from '../contestants.ts';
import type { Crowd } from '../crowd.ts';
import { play, visitorsInTurn } from '../play.ts';
import { comparison, figureRow, scaled, type Stage, withCrowds } from '../stage.ts';

/** Everybody's message to 50 operators, and everybody's message to one. */
const LOADS = [
  { name: 'broadcast', visitors: 500, operators: 50, perSecond: 2_000 },
  { name: '1:1', visitors: 1_000, operators: 1, perSecond: 3_000 },
] as const;

/** This checkout's relay against the one of another checkout, built there with `npm run build -w @switchboard/relay`: what a delivery costs after a change and before it. */
export async function against(stage: Stage, checkout: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, visitors, operators, perSecond } of LOADS) {
    const size = { visitors: scaled(stage, visitors), operators: scaled(stage, operators) };
    const casts = {
      other: { contestant: ours({ name: `the relay of ${checkout}`, checkout }), ...size },
      this: { contestant: ours({ name: 'this relay' }), ...size },
    };
    const load = { ...stage.times, perSecond: scaled(stage, perSecond), receivers: size.operators, say: visitorsInTurn };
    const given = await withCrowds(stage, casts, async (crowds) => {
      const turn = (crowd: Crowd) => async () => await play(crowd, load);
      return await takeTurns(stage.rounds, { other: turn(crowds.other), this: turn(crowds.this) });
    });
    rows.push(
      figureRow(`${name}: CPU a delivery, other checkout`, 'µs', given.other, ({ cpuPerDelivery }) => cpuPerDelivery),
      figureRow(`${name}: CPU a delivery, this checkout`, 'µs', given.this, ({ cpuPerDelivery }) => cpuPerDelivery),
      comparison(`${name}: CPU, this ÷ other`, given.this, given.other, ({ cpuPerDelivery }) => cpuPerDelivery),
    );
  }
  return rows;
}
