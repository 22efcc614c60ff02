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

/** A visitor and an operator with messages before and after a backup. */
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
  // A side that has not received it yet may send a message with an earlier time.
  await eventually(() => expect(seenBy(operator.chat)).toHaveLength(3));
  await operator.chat.conversation(1).sendText('after: operator');
  const all = ['before: visitor', 'before: operator', 'after: visitor', 'after: operator'];
  await eventually(() => expect(rows()).toEqual(all));
  for (const texts of [() => said(visitor.chat), () => seenBy(operator.chat)]) await eventually(() => expect(texts()).toEqual(all));
  // Both pages know all numbers: a page without the last one could not detect the restore.
  for (const conversation of [visitor.chat.conversation!, operator.chat.conversation(1)])
    await eventually(() => expect(conversation.getSnapshot().messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]));
  return { operator, visitor, own, backup, all };
}

describe('a database that is restored from a backup under open pages', () => {
  it('gets lost messages back from both sides, each once, and both sides show all of them', async () => {
    const { operator, visitor, backup, all } = await talking();
    server.restore(backup);
    relay.cut();
    await eventually(() => expect(sorted(rows())).toEqual(sorted(all)));
    for (const texts of [() => said(visitor.chat), () => seenBy(operator.chat)]) await eventually(() => expect(texts()).toEqual(all));
    await eventually(() => expect(statuses(visitor.chat)).toEqual(['delivered', null, 'delivered', null]));
  });

  it('receives the epoch of the numbers with each receipt', async () => {
    const { backup } = await talking();
    const reported = () => server.requests.filter(({ path }) => path === '/api/chat/receipts').map(({ body }) => body['epoch']);
    await eventually(() => expect(reported().length).toBeGreaterThan(0));
    const before = server.epoch;
    expect(new Set(reported())).toEqual(new Set([before]));
    server.restore(backup);
    relay.cut();
    await eventually(() => expect(reported()).toContain(server.epoch));
  });

  it.each(['visitor', 'operator'] as const)('gets back from the %s alone the messages that this side may save', async (who) => {
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

  it('gets them back if other messages have got their numbers meanwhile', async () => {
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

  it('is detected by its numbers alone if the server sends no epoch', async () => {
    server.epoch = undefined;
    const { backup, all } = await talking();
    server.restore(backup, undefined);
    server.epoch = undefined;
    relay.cut();
    await eventually(() => expect(sorted(rows())).toEqual(sorted(all)));
  });

  it('has new messages counted as unread, and marks no more as read than was read there', async () => {
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

  it('is sent no message again if nothing was lost', async () => {
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

  it('without a conversation costs its visitor nothing: they can send their messages again in a new one', async () => {
    const nothing = server.backUp();
    const { operator, visitor, own } = await talking();
    const second = openVisitor(own);
    await eventually(() => expect(said(second.chat)).toHaveLength(4));
    // An open console would resend everything as well, as in the next test.
    operator.chat.close();
    operator.tab.kill();
    server.restore(nothing);
    // Another visitor starts a conversation meanwhile.
    const other = server.addClient('Bea');
    relay.cut();
    // One tab detects it first, and the other one is notified. No conversation is started until the visitor does it.
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

  it('without a conversation gets its messages back from a console, under a new client id', async () => {
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
