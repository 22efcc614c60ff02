import type { Tab } from '../clients/device.ts';
import type { Fault } from '../network/fault.ts';
import type { Random } from '../random.ts';
import { EDGES, SERVICES } from '../stack/control.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

/** All open tabs, with the name of their person. */
function tabsOf(world: World): { name: string; tab: Tab }[] {
  return [
    ...world.visitors.flatMap((visitor) => visitor.tabs.map(({ tab }) => ({ name: visitor.name, tab }))),
    ...world.operators.map((operator) => ({ name: operator.account.name, tab: operator.tab })),
  ];
}

export const answerDropped: Scenario = {
  name: 'answer-dropped',
  title: 'the answer to 30 % of the save requests is lost after the commit',
  requirements: { hit: true, unknown: true },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(400);
    await world.faulty(['clients→web-0', 'clients→web-1'], { kind: 'drop-answer', share: 0.3, match: 'POST /api/chat/messages' }, 6_000);
    await quiet();
  },
};

export const socketsCut: Scenario = {
  name: 'sockets-cut',
  title: 'everybody loses the network each 15 s, for 2 s',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(500);
    const losing = tabsOf(world).map(async ({ name, tab }) => {
      await world.pause(world.random.fork(name).whole(0, 10_000));
      for (const last of [false, true]) {
        await world.broken(
          `${name} has no network`,
          async () => await Promise.resolve(tab.setOnline(false)),
          async () => await world.pause(2_000),
          async () => await Promise.resolve(tab.setOnline(true)),
        );
        if (!last) await world.pause(13_000);
      }
    });
    await Promise.all(losing);
    await quiet();
  },
};

export const latency: Scenario = {
  name: 'latency',
  title: 'everything takes 500 ± 400 ms, so that the two legs of a message overtake each other',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(300);
    const slow = { kind: 'delay', ms: 500, jitterMs: 400 } as const;
    await world.faulty(['clients→web-0', 'clients→web-1', 'clients→relay-0', 'clients→relay-1'], slow, 10_000);
    await quiet();
  },
};

export const cutMidway: Scenario = {
  name: 'cut-midway',
  title: 'connections are slow, and break in the middle of what they carry',
  requirements: { hit: true, unknown: true },
  async play(world) {
    await world.connectPeople(2, 2);
    const quiet = world.talk(250);
    await world.faulty(['clients→web-0', 'clients→relay-0'], { kind: 'throttle', bytesPerSecond: 8_000 }, 3_000);
    await world.faulty(['clients→web-0', 'clients→web-1', 'clients→relay-1'], { kind: 'cut-after', bytes: 600 }, 4_000);
    await quiet();
  },
};

export const zombieSocket: Scenario = {
  name: 'zombie-socket',
  title: 'for 60 s nothing arrives over the sockets to the relay, which look healthy',
  requirements: { hit: true, unknown: false },
  // Connections that were made during the fault notice it only after their own timeout.
  healsWithinMs: 10_000,
  async play(world) {
    await world.connectPeople(2, 2);
    const quiet = world.talk(3_000);
    const arrival = measureArrivals(world);
    await world.faulty(['clients→relay-0', 'clients→relay-1'], { kind: 'one-way', direction: 'down' }, 60_000);
    world.figures['slowestArrivalMs'] = arrival();
    await quiet();
    if ((world.figures['slowestArrivalMs'] ?? 0) > 25_000) world.ledger.violation('the check every 20 s did not bring messages in time');
  },
};

/** Measures the longest time of a message from its sender to a view of the other side, among the messages that are there when the returned function is called. */
function measureArrivals(world: World): () => number {
  const since = Date.now();
  return () => {
    const watchers = world.watchers();
    const times = world.ledger.sends
      .filter((send) => send.at >= since && send.at < Date.now() - 25_000)
      .map((send) => {
        const other = watchers.filter((watcher) => watcher.conversation === send.conversation && watcher.visible.length > 0);
        const seen = other
          .filter((watcher) => (watcher.side === 'client') !== (send.senderType === 'CLIENT'))
          .map((watcher) => watcher.firstSeen.get(send.text) ?? Infinity);
        return Math.min(60_000, ...seen.map((at) => world.clock.between(send.at, at)));
      });
    return Math.max(0, ...times);
  };
}

export const offlineLong: Scenario = {
  name: 'offline-long',
  title: 'a visitor writes 100 messages in 10 minutes without a network, reloads, and comes back',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(2, 1);
    const [visitor, other] = world.visitors;
    if (visitor === undefined || other === undefined) throw new Error('The scenario has too few people.');
    await visitor.send();
    // Its clock runs sixty times as fast as real time.
    visitor.device.pace = 60;
    const reload = world.random.whole(20, 80);
    await world.broken(
      'a visitor has no network',
      async () => await Promise.resolve(visitor.tabs[0]?.tab.setOnline(false)),
      async () => {
        for (let count = 0; count < 100; count += 1) {
          await visitor.send();
          if (count % 10 === 0) await other.send();
          if (count === reload) {
            visitor.kill();
            visitor.open().tab.setOnline(false);
          }
          await world.pause(100);
        }
      },
      async () => {
        visitor.device.pace = 1;
        await Promise.resolve(visitor.tabs[0]?.tab.setOnline(true));
      },
    );
  },
};

/** A random fault of an edge. */
function anyFault(random: Random): Fault {
  return random.pick<Fault>([
    { kind: 'refuse' },
    { kind: 'reset' },
    { kind: 'blackhole' },
    { kind: 'one-way', direction: 'up' },
    { kind: 'one-way', direction: 'down' },
    { kind: 'delay', ms: 400, jitterMs: 400 },
    { kind: 'throttle', bytesPerSecond: 4_000 },
    { kind: 'cut-after', bytes: random.whole(50, 2_000) },
    { kind: 'drop-answer', share: 0.5, match: 'POST' },
  ]);
}

export const anythingAnywhere: Scenario = {
  name: 'anything-anywhere',
  title: 'for 15 s any fault on any way between any two parts, several at a time, and servers killed or frozen in between',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(250);
    const end = Date.now() + 15_000;
    const spoil = async (ways: readonly (typeof EDGES)[number][], name: string): Promise<void> => {
      const random = world.random.fork(name);
      while (Date.now() < end) {
        await world.pause(random.whole(100, 1_500));
        const edge = ways[random.whole(0, ways.length - 1)];
        if (edge !== undefined) await world.faulty([edge], anyFault(random), random.whole(300, 3_000));
      }
    };
    const strike = async (): Promise<void> => {
      const random = world.random.fork('strikes');
      while (Date.now() < end) {
        await world.pause(random.whole(1_000, 4_000));
        const service = random.pick(SERVICES);
        await (random() < 0.5 ? world.killed(service, random.whole(100, 1_500)) : world.frozen(service, random.whole(500, 3_000)));
      }
    };
    // Only one loop changes the faults of an edge, so that no loop removes a fault of another.
    const thirds = [0, 1, 2].map((third) => EDGES.filter((_, index) => index % 3 === third));
    await Promise.all([...thirds.map(async (ways, third) => await spoil(ways, `spoiler ${third}`)), strike()]);
    await quiet();
  },
};
