import type { Row } from '../../benchmark.ts';
import { runAlternately } from '../../figures.ts';
import { ours } from '../contestants.ts';
import type { PeerGroup } from '../connect-peers.ts';
import { runLoad } from '../run-load.ts';
import { comparison, figureRow, scaled, type RunSettings, withPeers } from '../run-settings.ts';

const OPERATORS = 500;
const VISITORS = 500;
const TEAMS = 50;
/** Deliveries a second, with teams and without: the rate of messages follows from it. */
const DELIVERIES = 20_000;
/** Messages a second from each visitor: the limit is 5. */
const MAX_OF_EACH = 4;

/** The cost of a message when every operator receives it, and when the operators of one of fifty teams do. */
export async function teams(settings: RunSettings): Promise<Row[]> {
  const [operators, visitors] = [scaled(settings, OPERATORS), scaled(settings, VISITORS)];
  const count = Math.min(TEAMS, operators);
  const options = {
    without: { contestant: ours(), visitors, operators },
    with: { contestant: ours({ teams: count }), visitors, operators },
  };
  const send = ({ visitors: own, server }: PeerGroup, index: number, text: string) =>
    own[index % own.length]?.socket.send(server.contestant.dialect.message(text));
  const loadOf = (receivers: number) => ({
    ...settings.times,
    perSecond: Math.min(MAX_OF_EACH * visitors, scaled(settings, DELIVERIES) / receivers),
    receivers,
    send,
  });
  const given = await withPeers(
    settings,
    options,
    async (groups) =>
      await runAlternately(settings.rounds, {
        without: async () => await runLoad(groups.without, loadOf(operators)),
        with: async () => await runLoad(groups.with, loadOf(operators / count)),
      }),
  );
  const [all, one] = [given.without, given.with];
  return [
    figureRow(`CPU a message, ${operators} operators`, 'µs', all, ({ cpuPerMessage }) => cpuPerMessage),
    figureRow(`CPU a message, ${operators} operators in ${count} teams`, 'µs', one, ({ cpuPerMessage }) => cpuPerMessage),
    comparison('CPU a message, with teams ÷ without (goal ≤ 0.15)', one, all, ({ cpuPerMessage }) => cpuPerMessage),
  ];
}
