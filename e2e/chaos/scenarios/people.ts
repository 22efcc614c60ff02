import type { Scenario } from './scenario.ts';

export const twoOperators: Scenario = {
  name: 'two-operators',
  title: 'two operators answer the same visitor at the same moment, again and again',
  requirements: { hit: false, unknown: false },
  async play(world) {
    await world.connectPeople(1, 2);
    const [visitor] = world.visitors;
    if (visitor === undefined) throw new Error('The scenario has too few people.');
    for (const operator of world.operators) operator.look(visitor.name);
    for (let count = 0; count < 15; count += 1) {
      await Promise.all([visitor.send(), ...world.operators.map(async (operator) => await operator.send(visitor.name))]);
      await world.pause(world.random.whole(0, 250));
    }
  },
};

export const nobodyThere: Scenario = {
  name: 'nobody-there',
  title: 'visitors write, reload and leave while no operator is there; then one signs in',
  requirements: { hit: false, unknown: false },
  async play(world) {
    await world.connectPeople(4, 0);
    const quiet = world.talk(200);
    await world.pause(4_000);
    await quiet();
    const [leaving, reloading] = world.visitors;
    await world.until('all is saved', async () => (await world.rows()).length === world.ledger.sends.length);
    leaving?.kill();
    reloading?.kill();
    reloading?.open();
    const operator = await world.operator();
    for (const visitor of world.visitors) operator.hold(visitor.name);
    const unread = (name: string) => operator.chat.getSnapshot().conversations.find(({ username }) => username === name)?.unread;
    const sent = (name: string) => world.ledger.sends.filter(({ conversation }) => conversation === name).length;
    await world.until('the list shows what is unread', () => world.visitors.every(({ name }) => unread(name) === sent(name)));
    operator.look('visitor-2');
  },
};

export const oldFrontEnd: Scenario = {
  name: 'old-front-end',
  title:
    'old front-ends without tokens and keys write among ours; the consoles save for them, through a web server that is away for a while',
  requirements: { hit: true, unknown: false },
  async play(world) {
    await world.connectPeople(1, 2);
    const olds = [await world.oldFrontEnd(), await world.oldFrontEnd()];
    const quiet = world.talk(300);
    const chatter = olds.map(async (old) => {
      for (let count = 0; count < 12; count += 1) {
        await world.pause(world.random.fork(old.name + String(count)).whole(250, 600));
        old.send();
      }
    });
    await world.pause(1_500);
    await world.faulty(['clients→web-0', 'clients→web-1'], { kind: 'refuse' }, 2_500);
    await Promise.all(chatter);
    await quiet();
    await world.until('the consoles know the old front-ends', async () => {
      for (const old of olds) {
        const [row] = await world.stack.query('SELECT id FROM "Client" WHERE username = $1', [old.name]);
        if (row === undefined) return false;
        world.ledger.clients.set(old.name, Number(row['id']));
      }
      return true;
    });
    for (const old of olds) for (const operator of world.operators) operator.hold(old.name);
  },
};

export const clocksOff: Scenario = {
  name: 'clocks-off',
  title: 'clocks are wrong: of people by 10 minutes either way, of servers by up to 50 s from one another',
  requirements: { hit: false, unknown: false },
  clockDoubtMs: 60_000,
  async play(world) {
    const minutes = () => world.random.whole(-600_000, 600_000);
    const replace = async (environment: () => Record<string, string>) =>
      await Promise.all(
        (['relay-0', 'relay-1', 'web-0', 'web-1'] as const).map(async (node) => {
          await world.stack.signal(node, 'SIGTERM');
          await world.stack.start(node, environment());
        }),
      );
    await replace(() => ({ CLOCK_SKEW_MS: String(world.random.whole(-25_000, 25_000)) }));
    await world.operator({ clockError: minutes() });
    await world.operator({ clockError: minutes() });
    for (let count = 0; count < 3; count += 1) await world.visitor({ clockError: minutes() });
    for (const operator of world.operators) operator.look('visitor-1');
    const quiet = world.talk(250);
    await world.pause(5_000);
    await quiet();
    await world.until('all is saved', async () => (await world.rows()).length === world.ledger.sends.length);
    await replace(() => ({}));
  },
};
