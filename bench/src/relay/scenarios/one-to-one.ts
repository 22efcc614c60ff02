import type { Row } from '../../benchmark.ts';
import { runAlternately } from '../../figures.ts';
import { acknowledgingReference, floor, ours, reference } from '../contestants.ts';
import type { PeerGroup } from '../connect-peers.ts';
import { runLoad, sendAsNextVisitor } from '../run-load.ts';
import { comparison, type Figure, figureRow, generatorPercent, latency, scaled, type RunSettings, withPeers } from '../run-settings.ts';

const VISITORS = 1_000;
const RATE = 3_000;
/** One of so many messages is the operator's: 4 a second, because an operator may not send more than 5 either. */
const MESSAGES_PER_ANSWER = 750;

function send(group: PeerGroup, index: number, text: string): void {
  const { operators, visitors, server } = group;
  const [operator, visitor] = [operators[0], visitors[index % visitors.length]];
  if (index % MESSAGES_PER_ANSWER !== 0 || operator === undefined || visitor === undefined) return sendAsNextVisitor(group, index, text);
  operator.socket.send(server.contestant.dialect.answer(operator.peer, visitor.address, text));
}

/** Many visitors write to one operator, who answers as fast as an operator may. Each message has one receiver. */
export async function oneToOne(settings: RunSettings): Promise<Row[]> {
  const size = { visitors: scaled(settings, VISITORS), operators: 1 };
  const silent = ours({ name: 'Switchboard without acknowledgements', acknowledgements: false });
  const options = {
    floor: { contestant: floor, ...size },
    reference: { contestant: reference, ...size },
    acknowledging: { contestant: acknowledgingReference, ...size },
    ours: { contestant: ours(), ...size },
    silent: { contestant: silent, ...size },
  };
  const load = { ...settings.times, perSecond: scaled(settings, RATE), receivers: 1, send };
  const given = await withPeers(settings, options, async (groups) => {
    const contestant = (group: PeerGroup) => async () => await runLoad(group, load);
    return await runAlternately(settings.rounds, {
      floor: contestant(groups.floor),
      reference: contestant(groups.reference),
      acknowledging: contestant(groups.acknowledging),
      ours: contestant(groups.ours),
      silent: contestant(groups.silent),
    });
  });
  const all = [
    { name: 'bare ws', results: given.floor },
    { name: 'reference', results: given.reference },
    { name: 'reference with acknowledgements', results: given.acknowledging },
    { name: 'Switchboard', results: given.ours },
    { name: silent.name, results: given.silent },
  ];
  const each = (title: string, unit: string, pick: Figure) =>
    all.map(({ name, results }) => figureRow(`1:1: ${title}, ${name}`, unit, results, pick));
  return [
    ...each('CPU a message', 'µs', ({ cpuPerMessage }) => cpuPerMessage),
    comparison(
      '1:1: CPU, Switchboard ÷ reference with acknowledgements (goal ≤ 1.0)',
      given.ours,
      given.acknowledging,
      ({ cpuPerMessage }) => cpuPerMessage,
    ),
    comparison('1:1: CPU, Switchboard ÷ reference', given.ours, given.reference, ({ cpuPerMessage }) => cpuPerMessage),
    comparison('1:1: CPU, the same without acknowledgements', given.silent, given.reference, ({ cpuPerMessage }) => cpuPerMessage),
    ...each('latency p99', 'ms', latency(0.99)),
    ...each('generator busy', '%', generatorPercent),
  ];
}
