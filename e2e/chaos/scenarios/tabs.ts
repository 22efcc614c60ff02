import type { SaveStep } from '../clients/device.ts';
import type { Visitor } from '../clients/visitor.ts';
import type { Scenario } from './scenario.ts';
import type { World } from '../world.ts';

type Moment = SaveStep | 'relayed';
const MOMENTS = ['before the request', 'relayed', 'request sent', 'answer arrived'] as const;

/** Sends a message and kills the tab at that step; resolves when it is killed. */
async function killAt(world: World, visitor: Visitor, moment: Moment): Promise<void> {
  const span = world.ledger.fault(`${visitor.name}'s tab is killed: ${moment}`);
  await new Promise<void>((dead) => {
    const end = () => {
      visitor.device.onSave = () => undefined;
      visitor.kill();
      dead();
    };
    const isRelayed = (text: string) => world.operators.some((operator) => operator.watchers.get(visitor.name)?.firstSeen.has(text));
    visitor.device.onSave = async (step, texts) => {
      const text = texts.at(-1) ?? '';
      if (moment === 'relayed' && step === 'before the request') await world.until('relayed', () => isRelayed(text));
      const now = moment === 'relayed' ? 'before the request' : moment;
      if (step !== now) return;
      // At a random moment between the request's departure and the server's answer.
      if (moment === 'request sent') await world.pause(world.random.whole(0, 12));
      end();
    };
    // A tab that is killed while it writes to its disk has sent nothing.
    void visitor.send().catch(() => undefined);
  });
  span.until = Date.now();
}

export const tabKilled: Scenario = {
  name: 'tab-killed',
  title: 'a tab is killed after it wrote to its outbox, after the relay had it, during the request, after the commit; and opened again',
  requirements: { hit: true, unknown: true },
  async play(world) {
    await world.connectPeople(2, 2);
    const [visitor] = world.visitors;
    if (visitor === undefined) throw new Error('The scenario has too few people.');
    for (let round = 0; round < 3; round += 1) {
      for (const moment of MOMENTS) {
        const { chat } = visitor.tabs[0] ?? visitor.open();
        await world.until('the tab is connected', () => chat.getSnapshot().connection === 'connected');
        await killAt(world, visitor, moment);
        await world.pause(world.random.whole(0, 300));
        visitor.open();
      }
    }
  },
};

export const consoleKilled: Scenario = {
  name: 'console-killed',
  title: 'a console is killed while it answers, and opened again',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(3, 2);
    const [operator] = world.operators;
    if (operator === undefined) throw new Error('The scenario has too few people.');
    const quiet = world.talk(150);
    for (let round = 0; round < 4; round += 1) {
      await world.pause(world.random.whole(300, 1_200));
      const span = world.ledger.fault('console killed');
      operator.kill();
      await world.pause(world.random.whole(0, 500));
      operator.open();
      operator.look('visitor-1');
      span.until = Date.now();
    }
    await quiet();
  },
};

export const twoTabs: Scenario = {
  name: 'two-tabs',
  title: 'two tabs without Web Locks send the same outbox, and every request is sent twice at once',
  requirements: { hit: false, unknown: false },
  async play(world) {
    await world.operator();
    const visitor = await world.visitor({ locks: false });
    world.operators[0]?.look(visitor.name);
    visitor.open();
    visitor.device.doublesRequests = true;
    for (let count = 0; count < 25; count += 1) {
      await Promise.all([visitor.send(0), visitor.send(1)]);
      await world.pause(world.random.whole(0, 80));
    }
  },
};

export const sharedOutbox: Scenario = {
  name: 'shared-outbox',
  title: 'the leading one of three tabs is killed or falls asleep again and again while all write',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(1, 1);
    const [visitor] = world.visitors;
    if (visitor === undefined) throw new Error('The scenario has too few people.');
    visitor.open();
    visitor.open();
    const quiet = world.talk(80);
    for (let round = 0; round < 5; round += 1) {
      await world.pause(world.random.whole(300, 900));
      const span = world.ledger.fault('tab killed');
      visitor.kill(0);
      visitor.open();
      span.until = Date.now();
    }
    await quiet();
  },
};
