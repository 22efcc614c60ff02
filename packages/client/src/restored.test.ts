import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { lookAt } from './testing/look-at.ts';
import {
  closeServers,
  connected,
  eventually,
  newBrowser,
  openOperator,
  openServers,
  openVisitor,
  relay,
  said,
  seenBy,
  server,
  startVisitor,
  statuses,
} from './testing/open-chats.ts';

beforeEach(openServers);
afterEach(closeServers);

const rows = (clientId = 1) => server.clients.get(clientId)?.rows.map(({ text }) => text);
const sorted = (texts: readonly (string | null)[] | undefined) => texts?.toSorted((a, b) => String(a).localeCompare(String(b)));
const saves = () => server.requests.filter(({ path, method }) => path === '/api/chat/messages' && method === 'POST').length;

/** A visitor and an operator who have said something before a backup and something after it. */
async function talking() {
  const operator = openOperator();
  await connected(operator.chat);
  const own = newBrowser();
  const visitor = await startVisitor(own);
  await visitor.chat.conversation!.sendText('before: visitor');
  await eventually(() => expect(seenBy(operator.chat)).toEqual(['before: visitor']));
  await operator.chat.conversation(1).sendText('before: operator');
  await eventually(() => expect(rows()).toHaveLength(2));
  const backup = server.backUp();
  await visitor.chat.conversation!.sendText('after: visitor');
  await eventually(() => expect(rows()).toHaveLength(3));
  // Who has not seen it yet may answer "before" it.
  await eventually(() => expect(seenBy(operator.chat)).toHaveLength(3));
  await operator.chat.conversation(1).sendText('after: operator');
  const all = ['before: visitor', 'before: operator', 'after: visitor', 'after: operator'];
  await eventually(() => expect(rows()).toEqual(all));
  for (const texts of [() => said(visitor.chat), () => seenBy(operator.chat)]) await eventually(() => expect(texts()).toEqual(all));
  // Both pages know all numbers: a page that lacks the last one could not tell that the database was set back.
  for (const conversation of [visitor.chat.conversation!, operator.chat.conversation(1)])
    await eventually(() => expect(conversation.getSnapshot().messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]));
  return { operator, visitor, own, backup, all };
}

describe('a database that is set back to a backup under open pages', () => {
  it('gets back from both sides what it has lost, each message once, and both show it all', async () => {
    const { operator, visitor, backup, all } = await talking();
    server.restore(backup);
    relay.cut();
    await eventually(() => expect(sorted(rows())).toEqual(sorted(all)));
    for (const texts of [() => said(visitor.chat), () => seenBy(operator.chat)]) await eventually(() => expect(texts()).toEqual(all));
    await eventually(() => expect(statuses(visitor.chat)).toEqual(['delivered', null, 'delivered', null]));
  });

  it('hears with each receipt which history its numbers are of', async () => {
    const { backup } = await talking();
    const reported = () => server.requests.filter(({ path }) => path === '/api/chat/receipts').map(({ body }) => body['epoch']);
    await eventually(() => expect(reported().length).toBeGreaterThan(0));
    const before = server.epoch;
    expect(new Set(reported())).toEqual(new Set([before]));
    server.restore(backup);
    relay.cut();
    await eventually(() => expect(reported()).toContain(server.epoch));
  });

  it.each(['visitor', 'operator'] as const)('gets it back from the %s alone, as far as that may say it', async (who) => {
    const { operator, visitor, backup, all } = await talking();
    if (who === 'visitor') {
      operator.chat.close();
      operator.tab.kill();
    } else {
      visitor.chat.close();
      visitor.tab.kill();
    }
    server.restore(backup);
    relay.cut();
    const kept = who === 'visitor' ? all.slice(0, 3) : all;
    await eventually(() => expect(sorted(rows())).toEqual(sorted(kept)));
    const [first] = server.clients.values();
    expect(first?.rows.find(({ text }) => text === 'after: visitor')?.senderType).toBe('CLIENT');
  });

  it('gets it back when other messages have taken the numbers meanwhile', async () => {
    const { operator, visitor, backup, all } = await talking();
    server.restore(backup);
    server.commit(1, { text: 'from another browser 1' });
    for (let number = 2; number <= 60; number += 1) server.commit(1, { text: `from another browser ${number}` });
    relay.cut();
    await eventually(() => expect(rows()).toEqual(expect.arrayContaining(all)));
    await eventually(() => expect(rows()).toHaveLength(64));
    for (const texts of [() => said(visitor.chat), () => seenBy(operator.chat)])
      await eventually(() => expect(texts()).toEqual(expect.arrayContaining(all.slice(2))));
  });

  it('is noticed by its numbers alone where the server tells no epoch', async () => {
    server.epoch = undefined;
    const { backup, all } = await talking();
    server.restore(backup, undefined);
    server.epoch = undefined;
    relay.cut();
    await eventually(() => expect(sorted(rows())).toEqual(sorted(all)));
  });

  it('counts what is new there as unread, and reads no more than was read there', async () => {
    const { operator, visitor, backup } = await talking();
    const lookAway = lookAt(operator.chat.conversation(1));
    await eventually(() => expect(server.clients.get(1)?.receipts.operatorReadSeq).toBeGreaterThanOrEqual(3));
    lookAway();
    visitor.chat.close();
    visitor.tab.kill();
    server.restore(backup);
    server.commit(1, { text: 'written since, by somebody' });
    relay.cut();
    await eventually(() => expect(seenBy(operator.chat)).toContain('written since, by somebody'));
    await eventually(() => expect(operator.chat.getSnapshot().conversations[0]?.unread).toBeGreaterThanOrEqual(2));
    expect(server.clients.get(1)?.receipts.operatorReadSeq).toBe(0);
    lookAt(operator.chat.conversation(1));
    await eventually(() => expect(server.clients.get(1)?.receipts.operatorReadSeq).toBeGreaterThanOrEqual(3));
  });

  it('gets nothing sent anew when nothing is lost', async () => {
    const { operator, visitor, all } = await talking();
    const before = saves();
    server.restore(server.backUp());
    relay.cut();
    const { epoch } = server;
    await eventually(() => expect(server.requests.filter(({ path }) => path === '/api/chat/recent').length).toBeGreaterThan(1));
    for (const chat of [operator.chat, visitor.chat]) await connected(chat);
    lookAt(operator.chat.conversation(1));
    await eventually(() => expect(statuses(visitor.chat)).toEqual(['read', null, 'read', null]));
    await eventually(() => expect(said(visitor.chat)).toEqual(all));
    expect([saves(), server.epoch]).toEqual([before, epoch]);
  });

  it('that does not know a conversation any more costs its visitor nothing: what they have said is theirs to send again, in a new one', async () => {
    const nothing = server.backUp();
    const { operator, visitor, own } = await talking();
    const second = openVisitor(own);
    await eventually(() => expect(said(second.chat)).toHaveLength(4));
    // With a console open it would get everything back from that, too, as in the next test.
    operator.chat.close();
    operator.tab.kill();
    server.restore(nothing);
    // Somebody else begins meanwhile.
    const other = server.addClient('Bea');
    relay.cut();
    // One of the tabs finds it out first, and the other one hears of it. Nothing is begun in the visitor's name until they do.
    const left = [{ text: 'before: visitor' }, { text: 'after: visitor' }];
    await eventually(() => {
      for (const { tab } of [visitor, second]) tab.storageChanged();
      for (const { chat } of [visitor, second])
        expect(chat.getSnapshot()).toMatchObject({ phase: 'idle', ended: false, formerName: 'Ada', unsentMessages: left });
    });
    expect([...server.clients.values()]).toEqual([other]);
    await visitor.chat.start({ username: 'Ada' });
    second.tab.storageChanged();
    for (const { chat } of [visitor, second])
      await eventually(() =>
        expect(chat.conversation?.getSnapshot().messages.map(({ body, status }) => `${body.text ?? ''}: ${status ?? ''}`)).toEqual([
          'before: visitor: failed',
          'after: visitor: failed',
        ]),
      );
    expect(other.rows).toEqual([]);
    expect([...server.clients.keys()]).not.toContain(1);
    const messages = visitor.chat.conversation!.getSnapshot().messages;
    for (const message of messages) visitor.chat.conversation!.retry(message);
    await eventually(() =>
      expect([...server.clients.values()].flatMap((client) => (client.id === other.id ? [] : client.rows.map(({ text }) => text)))).toEqual(
        ['before: visitor', 'after: visitor'],
      ),
    );
    expect(other.rows).toEqual([]);
  });

  it('that does not know a conversation any more gets back from a console what was said in it, under a number that was nobody’s', async () => {
    const nothing = server.backUp();
    const { operator, visitor, all } = await talking();
    visitor.chat.close();
    visitor.tab.kill();
    server.fault = ({ path, method }) => (path === '/api/chat/messages' && method === 'POST' ? 'refuse' : undefined);
    await operator.chat.conversation(1).sendText('not saved yet');
    server.fault = () => undefined;
    server.restore(nothing);
    const other = server.addClient('Bea');
    relay.cut();
    const recovered = () => [...server.clients.values()].find(({ id }) => id !== other.id);
    await eventually(() => expect(recovered()?.rows.map(({ text }) => text)).toEqual([...all, 'not saved yet']));
    expect(recovered()).toMatchObject({ username: 'Ada' });
    expect(recovered()?.rows.map(({ senderType, operatorName }) => `${senderType} ${operatorName ?? ''}`)).toEqual([
      'CLIENT ',
      'OPERATOR Grace',
      'CLIENT ',
      'OPERATOR Grace',
      'OPERATOR Grace',
    ]);
    await eventually(() => expect(operator.chat.conversation(1).getSnapshot()).toMatchObject({ history: 'missing', messages: [] }));
    await eventually(() => expect(operator.chat.getSnapshot().conversations.map(({ username }) => username)).toEqual(['Ada']));
    expect(other.rows).toEqual([]);
  });
});
