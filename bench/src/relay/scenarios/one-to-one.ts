import type { Row } from '../../benchmark.ts';
import { takeTurns } from '../../figures.ts';
import { floor, ours, reference } from '../contestants.ts';
import type { Crowd } from '../crowd.ts';
import { play, visitorsInTurn } from '../play.ts';
import { comparison, type Figure, figureRow, generatorPercent, latency, scaled, type Stage, withCrowds } from '../stage.ts';

const VISITORS = 1_000;
const RATE = 3_000;
/** Every so many messages are the operator's: 4 a second, for an operator may not send more than 5 either. */
const OPERATORS_TURN = 750;

function say(crowd: Crowd, index: number, text: string): void {
  const { operators, visitors, server } = crowd;
  const [operator, visitor] = [operators[0], visitors[index % visitors.length]];
  if (index % OPERATORS_TURN !== 0 || operator === undefined || visitor === undefined) return visitorsInTurn(crowd, index, text);
  operator.line.send(server.contestant.dialect.answer(operator.peer, visitor.address, text));
}

/** Many visitors write to one operator, who answers as fast as an operator may: each message has one receiver. */
export async function oneToOne(stage: Stage): Promise<Row[]> {
  const size = { visitors: scaled(stage, VISITORS), operators: 1 };
  const silent = ours({ name: 'Switchboard without acknowledgements', acknowledgements: false });
  const casts = {
    floor: { contestant: floor, ...size },
    reference: { contestant: reference, ...size },
    ours: { contestant: ours(), ...size },
    silent: { contestant: silent, ...size },
  };
  const load = { ...stage.times, perSecond: scaled(stage, RATE), receivers: 1, say };
  const given = await withCrowds(stage, casts, async (crowds) => {
    const turn = (crowd: Crowd) => async () => await play(crowd, load);
    return await takeTurns(stage.rounds, {
      floor: turn(crowds.floor),
      reference: turn(crowds.reference),
      ours: turn(crowds.ours),
      silent: turn(crowds.silent),
    });
  });
  const all = [
    { name: 'bare ws', plays: given.floor },
    { name: 'reference', plays: given.reference },
    { name: 'Switchboard', plays: given.ours },
    { name: silent.name, plays: given.silent },
  ];
  const each = (title: string, unit: string, pick: Figure) =>
    all.map(({ name, plays }) => figureRow(`1:1: ${title}, ${name}`, unit, plays, pick));
  return [
    ...each('CPU a message', 'µs', ({ cpuPerMessage }) => cpuPerMessage),
    comparison('1:1: CPU, Switchboard ÷ reference (goal ≤ 1.0)', given.ours, given.reference, ({ cpuPerMessage }) => cpuPerMessage),
    comparison('1:1: CPU, the same without acknowledgements', given.silent, given.reference, ({ cpuPerMessage }) => cpuPerMessage),
    ...each('latency p99', 'ms', latency(0.99)),
    ...each('generator busy', '%', generatorPercent),
  ];
}
