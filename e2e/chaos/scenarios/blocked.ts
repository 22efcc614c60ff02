import { conversationOf } from '../history/ledger.ts';
import type { Scenario } from './scenario.ts';

const MESSAGES = 40;

export const blockedMidBurst: Scenario = {
  name: 'blocked-mid-burst',
  title:
    'a visitor is blocked in the middle of a burst: what was saved is there, the rest is refused and stays with them until they are let in again',
  requirements: { hit: false, unknown: false },
  healsWithinMs: 20_000,
  async play(world) {
    await world.connectPeople(2, 2);
    const [visitor, bystander] = world.visitors;
    const [operator] = world.operators;
    if (visitor === undefined || bystander === undefined || operator === undefined) throw new Error('The scenario has too few people.');
    const clientId = world.ledger.clients.get(visitor.name) ?? 0;
    const rowsOfVisitor = async () => (await world.rows()).filter(({ text }) => conversationOf(text) === visitor.name).length;
    const shown = () => visitor.handle().getSnapshot().messages;
    const blockAt = world.random.whole(5, MESSAGES - 10);
    let blocking: Promise<number> = Promise.resolve(0);
    for (let count = 0; count < MESSAGES; count += 1) {
      await visitor.send();
      if (count === blockAt)
        blocking = operator.chat.perform('POST /api/chat/block', { body: { clientId, blocked: true } }).then(rowsOfVisitor);
      if (count % 8 === 0) await bystander.send();
      await world.pause(world.random.whole(0, 30));
    }
    const savedAtBlock = await blocking;
    const isSettled = () => shown().every(({ status }) => status !== 'sending');
    await world.until('every message is saved or refused', isSettled, 60_000);
    const [saved, refused] = [shown().filter(({ seq }) => seq !== null), shown().filter(({ status }) => status === 'failed')];
    const rows = await rowsOfVisitor();
    if (rows !== savedAtBlock) world.ledger.violation(`${rows - savedAtBlock} messages were saved after their visitor was blocked`);
    if (saved.length !== rows) world.ledger.violation(`the visitor is shown ${saved.length} messages as saved, and ${rows} are`);
    if (saved.length + refused.length !== MESSAGES)
      world.ledger.violation(`of ${MESSAGES} messages ${saved.length} are shown as saved and ${refused.length} as refused`);
    if (refused.length === 0) world.ledger.violation('vacuous: nothing was refused');
    if (refused.some(({ failure }) => failure === null)) world.ledger.violation('a refused message does not say why');
    world.figures['refused'] = refused.length;

    await operator.chat.perform('POST /api/chat/block', { body: { clientId, blocked: false } });
    const isBack = () => {
      const { connection, blocked } = visitor.tabs[0]?.chat.getSnapshot() ?? {};
      return connection === 'connected' && blocked === false;
    };
    await world.until('the visitor is let in again', isBack, 120_000);
    for (const message of refused) visitor.handle().retry(message);
    await world.until('all is saved', async () => (await rowsOfVisitor()) === MESSAGES, 60_000);
  },
};
