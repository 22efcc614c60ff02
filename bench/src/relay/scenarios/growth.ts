import type { Row } from '../../benchmark.ts';
import { runAlternately, toRow } from '../../figures.ts';
import { ours } from '../contestants.ts';
import type { PeerGroup } from '../connect-peers.ts';
import { type Load, runLoad, type LoadResult } from '../run-load.ts';
import { figureRow, scaled, type RunSettings, withPeers } from '../run-settings.ts';

const VISITORS = [100, 1_000, 5_000] as const;
/** Visitors that write; the others are silent. */
const WRITERS = 100;
const RATE_OF_WRITERS = 400;
const OPERATORS_OF_VISITORS = 10;

const OPERATORS = [10, 50, 200, 500] as const;
const VISITORS_OF_OPERATORS = 500;
/** Deliveries a second, whatever the number of operators: the rate of messages follows from it. */
const DELIVERIES = 20_000;
/** Messages a second from each visitor: the limit is 5. */
const MAX_OF_EACH = 4;

/** The server pings every connection every 25 seconds, those that connected together at the same time. */
const MAX_PINGED_SHARE = 0.01;
const TRIES = 10;

/** The cost of a message with a growing number of silent visitors. */
export async function growthWithVisitors(settings: RunSettings): Promise<Row[]> {
  const operators = scaled(settings, OPERATORS_OF_VISITORS);
  const options = Object.fromEntries(
    VISITORS.map((visitors) => [visitors, { contestant: ours(), visitors: scaled(settings, visitors), operators }]),
  );
  const send = ({ visitors, server }: PeerGroup, index: number, text: string) =>
    visitors[index % Math.min(WRITERS, visitors.length)]?.socket.send(server.contestant.dialect.message(text));
  const load = { ...settings.times, perSecond: scaled(settings, RATE_OF_WRITERS), receivers: operators, send };
  const given = await withPeers(
    settings,
    options,
    async (groups) =>
      await runAlternately(
        settings.rounds,
        contestantsOf(groups, () => load),
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

/** The cost of a message with a growing number of operators, who all receive it. */
export async function growthWithOperators(settings: RunSettings): Promise<Row[]> {
  const visitors = scaled(settings, VISITORS_OF_OPERATORS);
  const options = Object.fromEntries(
    OPERATORS.map((operators) => [operators, { contestant: ours(), visitors, operators: scaled(settings, operators) }]),
  );
  const send = ({ visitors, server }: PeerGroup, index: number, text: string) =>
    visitors[index % visitors.length]?.socket.send(server.contestant.dialect.message(text));
  const loadOf = ({ operators }: PeerGroup) => ({
    ...settings.times,
    perSecond: Math.min(MAX_OF_EACH * visitors, scaled(settings, DELIVERIES) / operators.length),
    receivers: operators.length,
    send,
  });
  const given = await withPeers(settings, options, async (groups) => await runAlternately(settings.rounds, contestantsOf(groups, loadOf)));
  return OPERATORS.flatMap((operators) => [
    figureRow(`CPU a message, ${operators} operators`, 'µs', given[operators] ?? [], ({ cpuPerMessage }) => cpuPerMessage),
    figureRow(`CPU a delivery, ${operators} operators`, 'µs', given[operators] ?? [], ({ cpuPerDelivery }) => cpuPerDelivery),
  ]);
}

function contestantsOf(groups: Readonly<Record<string, PeerGroup>>, loadOf: (group: PeerGroup) => Load) {
  return Object.fromEntries(Object.entries(groups).map(([name, group]) => [name, async () => await runBetweenPings(group, loadOf(group))]));
}

/** Measures again when many pings were sent during a run, because they are not messages. */
async function runBetweenPings(group: PeerGroup, load: Load): Promise<LoadResult> {
  for (let tries = 1; ; tries += 1) {
    const before = group.received.ping;
    const result = await runLoad(group, load);
    if (group.received.ping - before <= MAX_PINGED_SHARE * group.visitors.length || tries === TRIES) return result;
  }
}
