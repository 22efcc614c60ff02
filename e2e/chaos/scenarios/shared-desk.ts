import type { Operator } from '../clients/operator.ts';
import type { EdgeName } from '../stack/control.ts';
import type { World } from '../world.ts';
import type { Scenario } from './scenario.ts';

const WEB: readonly EdgeName[] = ['clients→web-0', 'clients→web-1'];
const ROUNDS = 3;

/** Signs an operator in in the shared browser: from then on every request of the browser is theirs, whichever tab makes it. */
async function signIn(world: World, operator: Operator): Promise<void> {
  operator.device.cookie = operator.account.cookie;
  operator.open();
  await world.until(`${operator.name} is connected`, () => operator.chat.getSnapshot().connection === 'connected');
}

export const personChange: Scenario = {
  name: 'person-change',
  title: 'two operators share one browser; each leaves unsent messages and an open console behind when the other one signs in',
  requirements: { hit: true, unknown: false },
  async play(world) {
    const grace = world.newOperator();
    const alan = world.newOperator({}, grace.device);
    await world.visitor();
    const [visitor] = world.visitors;
    if (visitor === undefined) throw new Error('The scenario has too few people.');
    await signIn(world, grace);
    let [present, next] = [grace, alan];
    for (let round = 0; round < ROUNDS; round += 1) {
      present.look(visitor.name);
      await present.send(visitor.name);
      await visitor.send();
      const leaving = present;
      // Nothing can be saved while one leaves and the other arrives: the last messages of the first one wait in the browser.
      await world.broken(
        `${leaving.name} leaves, ${next.name} comes`,
        async () => await Promise.all(WEB.map(async (edge) => await world.stack.setFault(edge, { kind: 'refuse' }))),
        async () => {
          for (let count = 0; count < 3; count += 1) await leaving.send(visitor.name);
          await world.pause(world.random.whole(0, 500));
          leaving.device.cookie = next.account.cookie;
        },
        async () => await Promise.all(WEB.map(async (edge) => await world.stack.setFault(edge, null))),
      );
      // The tab of the first one is still open, retries, and even gets new messages while the other one works.
      await signIn(world, next);
      next.look(visitor.name);
      leaving.tab.cutSockets();
      await leaving.send(visitor.name);
      for (let count = 0; count < 3; count += 1) {
        await Promise.all([next.send(visitor.name), visitor.send()]);
        await world.pause(world.random.whole(0, 400));
      }
      // Long enough for its next try.
      await world.pause(2_000);
      leaving.kill();
      [present, next] = [next, leaving];
    }
    // Operators with messages in the outbox return, and the messages are sent.
    const saved = async (operator: Operator) => {
      const texts = new Set((await world.rows()).map(({ text }) => text));
      return world.ledger.sends.every((send) => send.operatorId !== operator.account.id || texts.has(send.text));
    };
    await world.until(`all of ${present.name} is saved`, async () => await saved(present));
    present.kill();
    await signIn(world, next);
    next.look(visitor.name);
    await world.until(`all of ${next.name} is saved`, async () => await saved(next));
  },
};
