import type { Scenario } from './scenario.ts';
import type { World } from '../world.ts';

export const relayKilled: Scenario = {
  name: 'relay-killed',
  title: 'one relay after the other is killed in the middle of a burst',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(150);
    await world.pause(world.random.whole(300, 800));
    await world.killed('relay-0', world.random.whole(500, 2_000));
    await world.pause(world.random.whole(300, 1_500));
    await world.killed('relay-1', world.random.whole(500, 2_000));
    await quiet();
  },
};

export const webKilled: Scenario = {
  name: 'web-killed',
  title: 'one web server after the other is killed in the middle of a burst',
  requirements: { hit: true, unknown: true },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(40);
    for (const node of ['web-0', 'web-1', 'web-0', 'web-1'] as const) {
      await world.pause(world.random.whole(300, 700));
      await world.killed(node, world.random.whole(0, 400));
    }
    await quiet();
  },
};

export const redisKilled: Scenario = {
  name: 'redis-killed',
  title: 'Redis is killed for 5 s, and no client loses its line',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(4, 2);
    const quiet = world.talk(300);
    const lines = disconnections(world);
    await world.killed('redis', 5_000);
    await quiet();
    if (lines() > 0) world.ledger.violation('a client lost its line to the relay because Redis was away');
  },
};

export const redisFrozen: Scenario = {
  name: 'redis-frozen',
  title: 'Redis answers nothing for 20 s',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(4, 2);
    const quiet = world.talk(500);
    const lines = disconnections(world);
    await world.frozen('redis', 20_000);
    await quiet();
    if (lines() > 0) world.ledger.violation('a client lost its line to the relay because Redis was frozen');
  },
};

/** How many connections to the relay broke since. */
function disconnections(world: World): () => number {
  let count = 0;
  const tabs = [
    ...world.visitors.flatMap((visitor) => visitor.tabs.map(({ tab }) => tab)),
    ...world.operators.map((operator) => operator.tab),
  ];
  for (const socket of tabs.flatMap((tab) => tab.sockets)) socket.on('disconnect', () => (count += 1));
  return () => count;
}

export const everythingDown: Scenario = {
  name: 'everything-down',
  title: 'relays and web servers are away together for 8 s, and a visitor reloads meanwhile',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(400);
    await world.pause(500);
    const away = ['clients→relay-0', 'clients→relay-1', 'clients→web-0', 'clients→web-1'] as const;
    const reload = async () => {
      await world.pause(world.random.whole(1_000, 5_000));
      const [visitor] = world.visitors;
      visitor?.kill();
      visitor?.open();
    };
    await Promise.all([world.faulty(away, { kind: 'refuse' }, 8_000), reload()]);
    await quiet();
  },
};

export const newBuild: Scenario = {
  name: 'new-build',
  title:
    'the web servers are replaced one after the other mid-send; pages reload in a newer build and find what the first one ever left in the outbox',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const quiet = world.talk(120);
    const [visitor] = world.visitors;
    if (visitor === undefined) throw new Error('The scenario has too few people.');
    for (const node of ['web-0', 'web-1'] as const) {
      await world.pause(world.random.whole(300, 800));
      await world.broken(
        `${node} replaced`,
        async () => await world.stack.signal(node, 'SIGTERM'),
        async () => await world.pause(200),
        async () => await world.stack.start(node),
      );
    }
    await quiet();
    // A page that has not saved its messages yet when the newer build reloads it.
    visitor.tabs[0]?.tab.setOnline(false);
    for (let count = 0; count < 5; count += 1) await visitor.send();
    visitor.kill();
    const left = await visitor.device.ageOutbox();
    if (left < 5) world.ledger.violation(`the older build left ${left} of 5 messages in the outbox`);
    visitor.open();
  },
};
