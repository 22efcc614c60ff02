import type { Row } from '../../benchmark.ts';
import { runAlternately } from '../../figures.ts';
import { ours } from '../contestants.ts';
import type { PeerGroup } from '../connect-peers.ts';
import { runLoad, sendAsNextVisitor } from '../run-load.ts';
import { comparison, figureRow, scaled, type RunSettings, withPeers } from '../run-settings.ts';

/** The messages of all visitors to 50 operators, and to one. */
const LOADS = [
  { name: 'broadcast', visitors: 500, operators: 50, perSecond: 2_000 },
  { name: '1:1', visitors: 1_000, operators: 1, perSecond: 3_000 },
] as const;

/** This checkout's relay against that of another checkout, built there with `npm run build -w @switchboard/relay`: the cost of a delivery after a change and before it. */
export async function against(settings: RunSettings, checkout: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { name, visitors, operators, perSecond } of LOADS) {
    const size = { visitors: scaled(settings, visitors), operators: scaled(settings, operators) };
    const options = {
      other: { contestant: ours({ name: `the relay of ${checkout}`, checkout }), ...size },
      this: { contestant: ours({ name: 'this relay' }), ...size },
    };
    const load = { ...settings.times, perSecond: scaled(settings, perSecond), receivers: size.operators, send: sendAsNextVisitor };
    const given = await withPeers(settings, options, async (groups) => {
      const contestant = (group: PeerGroup) => async () => await runLoad(group, load);
      return await runAlternately(settings.rounds, { other: contestant(groups.other), this: contestant(groups.this) });
    });
    rows.push(
      figureRow(`${name}: CPU a delivery, other checkout`, 'µs', given.other, ({ cpuPerDelivery }) => cpuPerDelivery),
      figureRow(`${name}: CPU a delivery, this checkout`, 'µs', given.this, ({ cpuPerDelivery }) => cpuPerDelivery),
      comparison(`${name}: CPU, this ÷ other`, given.this, given.other, ({ cpuPerDelivery }) => cpuPerDelivery),
    );
  }
  return rows;
}
