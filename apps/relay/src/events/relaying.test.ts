import { describe, expect, it } from 'vitest';

import { useRelays } from '../testing/use-relays.ts';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const BEN = '0b0e7a55-5d1f-4d55-9a64-6b8b3e9d7c02';
const KEY = '018f4a6e-7b1c-4d7e-9a51-0c7b8a9d1e2f';
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const start = useRelays();

describe('join', () => {
  it('of a visitor is announced to every operator socket, with the address of its token', async () => {
    const relay = await start();
    const [maya, omar] = [await relay.operator(1, 'Maya'), await relay.operator(2, 'Omar')];
    await relay.visitor(ANNA, 'Anna');
    await Promise.all([maya.settled(), omar.settled()]);
    for (const operator of [maya, omar])
      expect(operator.received).toEqual([{ event: 'newChat', payload: { clientId: ANNA, username: 'Anna' } }]);
  });

  it('of a visitor without a token has the socket id as address and the name of its payload, absent when it gave none', async () => {
    const relay = await start();
    const maya = await relay.operator(1, 'Maya');
    const named = await relay.anonymous('Old Olga');
    const nameless = await relay.anonymous();
    await maya.settled();
    expect(maya.of('newChat')).toEqual([{ clientId: named.socket.id, username: 'Old Olga' }, { clientId: nameless.socket.id }]);
  });

  it('of an operator is announced to nobody', async () => {
    const relay = await start();
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
    maya.socket.offAny();
    await relay.operator(2, 'Omar');
    await Promise.all([maya.settled(), anna.settled()]);
    expect(anna.received).toEqual([]);
  });

  it('may be repeated on one socket: it is announced again, and messages still arrive once', async () => {
    const relay = await start();
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
    await anna.ask('join', { role: 'client', name: 'Anna' });
    await maya.ask('join', { role: 'operator', name: 'Maya', operatorId: 1 });
    await maya.ask('operatorMessage', { to: ANNA, type: 'text', message: 'Hi' });
    await anna.ask('clientMessage', { type: 'text', message: 'Hello' });
    await Promise.all([maya.settled(), anna.settled()]);
    expect(maya.received.map(({ event }) => event)).toEqual(['newChat', 'newChat', 'incomingMessage']);
    expect(anna.of('operatorMessage')).toHaveLength(1);
  });
});

it('answers a peer that checks its connection, and notifies no other peer', async () => {
  const relay = await start();
  const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
  await maya.settled();
  for (const peer of [anna, maya]) expect(await peer.ask('check', null)).toMatchObject({ ok: true, delivered: 0 });
  await Promise.all([maya.settled(), anna.settled()]);
  expect(maya.received.map(({ event }) => event)).toEqual(['newChat']);
  expect(anna.received).toEqual([]);
});

describe('a message of a visitor', () => {
  it('reaches every operator once, with all fields unchanged and the same timestamp', async () => {
    const relay = await start();
    const [maya, omar, anna] = [await relay.operator(1, 'Maya'), await relay.operator(2, 'Omar'), await relay.visitor(ANNA, 'Anna')];
    const content = {
      type: 'image',
      message: '<b>see</b>',
      image: '/api/chat/uploads/1',
      name: 'a.png',
      mimeType: 'image/png',
      size: 3,
      messageKey: KEY,
    };
    const answer = await anna.ask('clientMessage', content);
    await Promise.all([maya.settled(), omar.settled(), anna.settled()]);
    expect(answer).toEqual({ ok: true, timestamp: expect.stringMatching(ISO), delivered: 2 });
    const timestamp = answer.ok ? answer.timestamp : '';
    for (const operator of [maya, omar]) expect(operator.of('incomingMessage')).toEqual([{ from: ANNA, ...content, timestamp }]);
    expect(anna.received).toEqual([]);
  });

  it('keeps absent fields absent and nulls null, and drops fields that the protocol does not know', async () => {
    const relay = await start();
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.anonymous('Anna')];
    await anna.ask('clientMessage', {
      type: 'text',
      message: 'Hi',
      image: null,
      messageKey: null,
      id: 7,
      from: 'someone',
      timestamp: 'never',
    });
    await maya.settled();
    const [message] = maya.of('incomingMessage');
    expect(message).toEqual({ from: anna.socket.id, type: 'text', message: 'Hi', image: null, timestamp: expect.stringMatching(ISO) });
    expect(Object.keys(message ?? {})).not.toContain('messageKey');
  });

  it('without an operator is acknowledged as delivered to none', async () => {
    const relay = await start();
    const anna = await relay.visitor(ANNA, 'Anna');
    expect(await anna.ask('clientMessage', { type: 'text', message: 'Anyone?' })).toMatchObject({ ok: true, delivered: 0 });
  });

  it('has timestamps that never go backwards, even when the clock is set back', async () => {
    const times = [2_000, 5_000, 3_000, 5_500].map((ms) => Date.UTC(2026, 10, 23) + ms);
    const relay = await start({}, { now: () => times.shift() ?? 0 });
    const anna = await relay.visitor(ANNA, 'Anna');
    const stamps: string[] = [];
    for (const message of ['1', '2', '3']) {
      const answer = await anna.ask('clientMessage', { type: 'text', message });
      if (answer.ok) stamps.push(answer.timestamp.slice(17));
    }
    expect(stamps).toEqual(['05.000Z', '05.000Z', '05.500Z']);
  });
});

describe('a message of an operator', () => {
  it('reaches all tabs of that visitor and no other visitor', async () => {
    const relay = await start();
    const maya = await relay.operator(1, 'Maya');
    const [tab1, tab2, ben] = [await relay.visitor(ANNA, 'Anna'), await relay.visitor(ANNA, 'Anna'), await relay.visitor(BEN, 'Ben')];
    const answer = await maya.ask('operatorMessage', {
      to: ANNA,
      type: 'text',
      message: 'Hi',
      messageKey: KEY,
      operatorId: 1,
      operatorName: 'Maya',
    });
    await Promise.all([tab1.settled(), tab2.settled(), ben.settled()]);
    expect(answer).toMatchObject({ ok: true, delivered: 2 });
    const timestamp = answer.ok ? answer.timestamp : '';
    for (const tab of [tab1, tab2])
      expect(tab.received).toEqual([
        { event: 'operatorMessage', payload: { type: 'text', message: 'Hi', messageKey: KEY, operatorName: 'Maya', timestamp } },
      ]);
    expect(ben.received).toEqual([]);
  });

  it('still reaches a visitor that has reconnected with its token', async () => {
    const relay = await start();
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
    anna.socket.disconnect();
    await expect
      .poll(async () => (await maya.ask('operatorMessage', { to: ANNA, type: 'text', message: '1' })) as unknown)
      .toMatchObject({ delivered: 0 });
    const again = await relay.visitor(ANNA, 'Anna');
    expect(await maya.ask('operatorMessage', { to: ANNA, type: 'text', message: '2' })).toMatchObject({ ok: true, delivered: 1 });
    await again.settled();
    expect(again.of('operatorMessage')).toMatchObject([{ message: '2' }]);
  });

  it('is broadcast with the same timestamp to every other operator socket, including the sender’s other tabs, but not to the sending one', async () => {
    const relay = await start();
    const [maya, mayaToo, omar] = [await relay.operator(1, 'Maya'), await relay.operator(1, 'Maya'), await relay.operator(2, 'Omar')];
    const content = {
      type: 'image',
      message: null,
      image: 'https://files.example/1.png',
      name: '1.png',
      mimeType: 'image/png',
      messageKey: KEY,
    };
    const answer = await maya.ask('operatorMessage', { to: ANNA, ...content });
    await Promise.all([maya.settled(), mayaToo.settled(), omar.settled()]);
    // No visitor has this address; other operators still receive the message.
    expect(answer).toMatchObject({ ok: true, delivered: 0 });
    const timestamp = answer.ok ? answer.timestamp : '';
    const payload = { clientId: ANNA, operatorId: 1, operatorName: 'Maya', ...content, timestamp };
    for (const other of [mayaToo, omar]) expect(other.received).toEqual([{ event: 'operatorBroadcast', payload }]);
    expect(maya.received).toEqual([]);
  });

  it("can't be sent to an operator's socket by its id", async () => {
    const relay = await start();
    const [maya, omar] = [await relay.operator(1, 'Maya'), await relay.operator(2, 'Omar')];
    for (const to of [omar.socket.id, 'operators', `client:${ANNA}`])
      expect(await maya.ask('operatorMessage', { to, type: 'text', message: 'Psst' })).toMatchObject({ ok: true, delivered: 0 });
    await omar.settled();
    expect(omar.of('operatorMessage')).toEqual([]);
  });
});

describe('signals', () => {
  it('typing is relayed in both directions, to the right peers', async () => {
    const relay = await start();
    const [maya, omar] = [await relay.operator(1, 'Maya'), await relay.operator(2, 'Omar')];
    const [anna, ben] = [await relay.visitor(ANNA, 'Anna'), await relay.visitor(BEN, 'Ben')];
    await anna.ask('clientTyping', { isTyping: true });
    await anna.ask('clientTyping', { isTyping: false });
    await maya.ask('operatorTyping', { to: ANNA, isTyping: true, operatorName: 'Maya' });
    await Promise.all([maya.settled(), omar.settled(), anna.settled(), ben.settled()]);
    for (const operator of [maya, omar])
      expect(operator.of('clientTyping')).toEqual([
        { from: ANNA, isTyping: true },
        { from: ANNA, isTyping: false },
      ]);
    expect(anna.received).toEqual([{ event: 'operatorTyping', payload: { isTyping: true, operatorName: 'Maya' } }]);
    expect(omar.of('operatorTyping')).toEqual([]);
    expect(ben.received).toEqual([]);
  });

  it('the end of a chat is announced to every operator, whatever payload an old front-end sends', async () => {
    const relay = await start();
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
    expect(await anna.ask('chatEnded')).toMatchObject({ ok: true, delivered: 1 });
    expect(await anna.ask('chatEnded', { reason: 'bored' })).toMatchObject({ ok: true, delivered: 1 });
    await maya.settled();
    expect(maya.of('chatEnded')).toEqual([{ clientId: ANNA }, { clientId: ANNA }]);
  });
});

describe.each([['websocket'], ['polling']])('over %s', (transport) => {
  it('messages are relayed in both directions', async () => {
    const relay = await start();
    const maya = await relay.connect(await relay.mint({ role: 'operator', id: 1, name: 'Maya' }), { transports: [transport] });
    await maya.ask('join', { role: 'operator', name: 'Maya', operatorId: 1 });
    const anna = await relay.connect(undefined, { transports: [transport] });
    await anna.ask('join', { role: 'client', name: 'Anna' });
    await anna.ask('clientMessage', { type: 'text', message: 'Grüße 👋' });
    await maya.ask('operatorMessage', { to: anna.socket.id, type: 'text', message: 'Hallo' });
    await Promise.all([maya.settled(), anna.settled()]);
    expect(maya.of('incomingMessage')).toMatchObject([{ message: 'Grüße 👋' }]);
    expect(anna.of('operatorMessage')).toMatchObject([{ message: 'Hallo' }]);
    expect(anna.socket.io.engine.transport.name).toBe(transport);
  });
});
