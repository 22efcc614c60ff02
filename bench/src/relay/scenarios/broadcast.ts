import type { Row } from '../../benchmark.ts';
import { runAlternately } from '../../figures.ts';
import { floor, ours, reference } from '../contestants.ts';
import type { PeerGroup } from '../connect-peers.ts';
import { runLoad, sendAsNextVisitor } from '../run-load.ts';
import { comparison, type Figure, figureRow, generatorPercent, latency, scaled, type RunSettings, withPeers } from '../run-settings.ts';

const VISITORS = 500;
const OPERATORS = 50;
/** Messages a second from all visitors: 4 of each, so that the limit of 5 is active and never reached. */
const RATE = 2_000;

/** Every visitor's message goes to every operator. */
export async function broadcast(settings: RunSettings): Promise<Row[]> {
  const size = { visitors: scaled(settings, VISITORS), operators: scaled(settings, OPERATORS) };
  const options = {
    floor: { contestant: floor, ...size },
    reference: { contestant: reference, ...size },
    ours: { contestant: ours(), ...size },
  };
  const load = { ...settings.times, perSecond: scaled(settings, RATE), receivers: size.operators, send: sendAsNextVisitor };
  const given = await withPeers(settings, options, async (groups) => {
    const contestant = (group: PeerGroup) => async () => await runLoad(group, load);
    return await runAlternately(settings.rounds, {
      floor: contestant(groups.floor),
      reference: contestant(groups.reference),
      ours: contestant(groups.ours),
    });
  });
  const all = [
    { name: 'bare ws', results: given.floor },
    { name: 'reference', results: given.reference },
    { name: 'Switchboard', results: given.ours },
  ];
  const each = (title: string, unit: string, pick: Figure) =>
    all.map(({ name, results }) => figureRow(`broadcast: ${title}, ${name}`, unit, results, pick));
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
