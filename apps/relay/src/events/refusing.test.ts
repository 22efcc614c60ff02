import fc from 'fast-check';
import { type PeerEventName, peerEvents } from '@switchboard/protocol';
import { describe, expect, it } from 'vitest';

import { type HandlerTable, handlers } from './handlers/table.ts';
import type { TestPeer } from '../testing/test-relay.ts';
import { useRelays } from '../testing/use-relays.ts';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const UNLIMITED = { message: Infinity, typing: Infinity, lifecycle: Infinity };

const start = useRelays();

/** That a refusal is told twice where asked for, and that the socket lives on. */
async function expectRefusal(peer: TestPeer, event: string, payload: unknown, error: object): Promise<void> {
  const before = peer.of('error').length;
  const answer = await peer.ask(event, payload);
  expect(answer).toMatchObject({ ok: false, error });
  expect(Object.keys(answer.ok ? {} : answer.error).toSorted()).toEqual(['code', 'message', 'retryable']);
  expect(peer.of('error').slice(before)).toMatchObject([error]);
  expect(peer.socket.connected).toBe(true);
}

describe('refused', () => {
  it.each([
    ['clientMessage', { type: 'text', message: 'Hi' }],
    ['clientTyping', { isTyping: true }],
    ['chatEnded', undefined],
    ['operatorMessage', { to: ANNA, type: 'text', message: 'Hi' }],
    ['operatorTyping', { to: ANNA, isTyping: true }],
  ])('is %s before join, and no peer receives it', async (event, payload) => {
    const relay = await start();
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
    await expectRefusal(await relay.connect(), event, payload, { code: 'not_joined', retryable: true });
    await Promise.all([maya.settled(), anna.settled()]);
    expect([...maya.received.map((entry) => entry.event), ...anna.received]).toEqual(['newChat']);
  });

  it.each([
    ['clientMessage', { type: 'text', message: 'Hi' }],
    ['clientTyping', { isTyping: true }],
    ['chatEnded', undefined],
  ])('is %s from an operator', async (event, payload) => {
    const relay = await start();
    const [maya, omar] = [await relay.operator(1, 'Maya'), await relay.operator(2, 'Omar')];
    await expectRefusal(maya, event, payload, { code: 'forbidden', retryable: false });
    await omar.settled();
    expect(omar.received).toEqual([]);
  });

  it.each([
    ['operatorMessage', { to: ANNA, type: 'text', message: 'Hi' }],
    ['operatorTyping', { to: ANNA, isTyping: true }],
  ])('is %s from a visitor, with or without a token', async (event, payload) => {
    const relay = await start();
    const [anna, ben] = [await relay.visitor(ANNA, 'Anna'), await relay.anonymous('Ben')];
    await expectRefusal(ben, event, payload, { code: 'forbidden' });
    await expectRefusal(anna, event, payload, { code: 'forbidden' });
    expect(anna.of('operatorMessage')).toEqual([]);
  });

  it.each<[PeerEventName, unknown, RegExp]>([
    ['clientMessage', { type: 'text' }, /^Invalid message format: message: /],
    ['clientMessage', { type: 'text', message: { $ne: '' } }, /^Invalid message format: message: /],
    ['clientMessage', undefined, /^Invalid message format: body: /],
    ['clientMessage', null, /^Invalid message format/],
    ['clientMessage', { type: 'text', message: 'Hi', messageKey: 'mine' }, /^Invalid message format: messageKey: /],
    ['clientTyping', { isTyping: 'yes' }, /^Invalid clientTyping format: isTyping: /],
    ['join', { role: 'admin' }, /^Invalid join format: role: /],
    ['join', [], /^Invalid join format/],
  ])('is %s with %j, with the reason', async (event, payload, message) => {
    const relay = await start();
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
    await expectRefusal(anna, event, payload, { code: 'invalid_request', message: expect.stringMatching(message) });
    await maya.settled();
    expect(maya.received.map((entry) => entry.event)).toEqual(['newChat']);
  });

  it('is a message without an address', async () => {
    const relay = await start();
    const maya = await relay.operator(1, 'Maya');
    await expectRefusal(
      maya,
      'operatorMessage',
      { type: 'text', message: 'Hi' },
      { message: expect.stringMatching(/^Invalid message format: to: /) },
    );
  });

  it('is the sixth message in a second, with the guide’s message; the next second is not limited', async () => {
    let now = 0;
    const relay = await start({}, { rateClock: () => now });
    const [maya, anna, ben] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna'), await relay.anonymous('Ben')];
    const send = async (peer: TestPeer, message: string) => await peer.ask('clientMessage', { type: 'text', message });
    const answers = await Promise.all(['1', '2', '3', '4', '5'].map(async (message) => await send(anna, message)));
    expect(answers.every((answer) => answer.ok)).toBe(true);
    await expectRefusal(
      anna,
      'clientMessage',
      { type: 'text', message: '6' },
      { code: 'rate_limited', message: 'Rate limit exceeded', retryable: true },
    );
    // Other senders and other events are unaffected.
    expect(await send(ben, 'Hello')).toMatchObject({ ok: true });
    expect(await anna.ask('clientTyping', { isTyping: true })).toMatchObject({ ok: true });
    expect(await anna.ask('chatEnded')).toMatchObject({ ok: true });
    now = 1_001;
    expect(await send(anna, '7')).toMatchObject({ ok: true });
    await maya.settled();
    expect(maya.of('incomingMessage').map(({ message }) => message)).toEqual(['1', '2', '3', '4', '5', 'Hello', '7']);
    expect(await relay.metrics()).toMatch(/relay_rate_limited_total\{pace="message",service="relay"\} \d/);
  });

  it('is what exceeds the limit of a sender in all tabs: by operator, and by conversation', async () => {
    const relay = await start({}, { rateClock: () => 0 });
    const operators = [await relay.operator(1, 'Maya'), await relay.operator(1, 'Maya')];
    const tabs = [await relay.visitor(ANNA, 'Anna'), await relay.visitor(ANNA, 'Anna')];
    for (const [peers, event] of [
      [operators, 'operatorMessage'],
      [tabs, 'clientMessage'],
    ] as const) {
      const answers = await Promise.all(
        [0, 1, 0, 1, 0, 1].map(async (index) => await peers[index]?.ask(event, { to: ANNA, type: 'text', message: 'Hi' })),
      );
      expect(answers.filter((answer) => answer?.ok === true)).toHaveLength(5);
    }
  });
});

describe('a socket message', () => {
  const image = (bytes: number) => ({ type: 'image', image: `data:image/png;base64,${'A'.repeat(bytes)}` });

  it('that is too large is refused, and the socket stays open', async () => {
    const relay = await start({ maxPayloadBytes: 10_000 });
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.visitor(ANNA, 'Anna')];
    expect(await anna.ask('clientMessage', image(9_000))).toMatchObject({ ok: true });
    await expectRefusal(anna, 'clientMessage', image(10_000), { code: 'too_large', message: expect.stringContaining('10000 bytes') });
    // Fields that the schema would remove count too.
    await expectRefusal(anna, 'clientMessage', { type: 'text', message: 'Hi', junk: 'x'.repeat(10_000) }, { code: 'too_large' });
    expect(await anna.ask('clientMessage', { type: 'text', message: 'Hi' })).toMatchObject({ ok: true });
    await maya.settled();
    expect(maya.of('incomingMessage')).toHaveLength(2);
  });

  it('counts toward the limit of bytes per second, and the next second is not limited', async () => {
    let now = 0;
    const relay = await start({ maxPayloadBytes: 20_000 }, { rateClock: () => now });
    const anna = await relay.visitor(ANNA, 'Anna');
    expect(await anna.ask('clientMessage', image(19_000))).toMatchObject({ ok: true });
    expect(await anna.ask('clientMessage', image(19_000))).toMatchObject({ ok: true });
    await expectRefusal(anna, 'clientMessage', image(19_000), { code: 'rate_limited' });
    expect(await relay.metrics()).toContain('relay_rate_limited_total{pace="bytes",service="relay"} 1');
    now = 1_001;
    expect(await anna.ask('clientMessage', image(19_000))).toMatchObject({ ok: true });
  });

  it('with binary data ends the connection, and no peer receives it', async () => {
    const relay = await start();
    const maya = await relay.operator(1, 'Maya');
    for (const junk of [new Uint8Array(3), new Uint8Array(500_000)]) {
      const anna = await relay.visitor(ANNA, 'Anna');
      anna.socket.emit('clientMessage', { type: 'text', message: 'Hi', junk });
      await expect.poll(() => anna.socket.connected).toBe(false);
    }
    // A hundred thousand attachments that are announced and never sent.
    const ben = await relay.connect();
    ben.socket.io.engine.write('5100000-["clientMessage",{"_placeholder":true,"num":0}]');
    await expect.poll(() => ben.socket.connected).toBe(false);
    await maya.settled();
    expect(maya.of('incomingMessage')).toEqual([]);
  });

  it('that is far too large ends the connection before it is read', async () => {
    const relay = await start({ maxPayloadBytes: 10_000 });
    const anna = await relay.visitor(ANNA, 'Anna');
    anna.socket.emit('clientMessage', image(30_000));
    await expect.poll(() => anna.socket.connected).toBe(false);
  });

  it('of an old front-end with a whole image is relayed if the setting allows it', async () => {
    const relay = await start({ maxPayloadBytes: 8_000_000 });
    const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.anonymous('Anna')];
    const large = image(5_000_000);
    expect(await anna.ask('clientMessage', large)).toMatchObject({ ok: true, delivered: 1 });
    await maya.settled();
    expect(maya.of('incomingMessage')[0]?.['image'] === large.image).toBe(true);
  });
});

describe('a sender of refused events', () => {
  it('is disconnected after twenty refusals in ten seconds', async () => {
    const relay = await start();
    const mallory = await relay.anonymous('Mallory');
    const reason = new Promise((resolve) => mallory.socket.once('disconnect', resolve));
    for (let sent = 0; sent < 40; sent += 1) mallory.socket.emit('clientTyping', { isTyping: 'x' });
    expect(await reason).toBe('io server disconnect');
    expect(mallory.of('error')).toHaveLength(20);
    expect(await relay.metrics()).toMatch(/relay_offenders_cut_total\{service="relay"\} 1/);
  });

  it('does not affect others', async () => {
    const relay = await start();
    const [anna, mallory] = [await relay.anonymous('Anna'), await relay.anonymous('Mallory')];
    for (let sent = 0; sent < 40; sent += 1) mallory.socket.emit('operatorMessage', {});
    await expect.poll(() => mallory.socket.connected).toBe(false);
    expect(await anna.ask('clientTyping', { isTyping: true })).toMatchObject({ ok: true });
  });
});

describe('the relay survives', () => {
  it('a handler that throws: the sender gets an error, the log has the cause, the socket stays open', async () => {
    const faulty: HandlerTable = {
      ...handlers,
      clientTyping: {
        ...handlers.clientTyping,
        relay() {
          throw new Error('an internal error');
        },
      },
    };
    const relay = await start({}, { handlers: faulty, maxRefusals: 2 });
    const anna = await relay.anonymous('Anna');
    for (let repeat = 0; repeat < 3; repeat += 1)
      await expectRefusal(anna, 'clientTyping', { isTyping: true }, { code: 'internal', message: 'Internal error', retryable: true });
    expect(relay.log.filter(({ level }) => level === 'error').map(({ fields }) => String(fields['err']))).toContain(
      'Error: an internal error',
    );
    expect(await relay.metrics()).toMatch(/relay_events_refused_total\{code="internal",service="relay"\} 3/);
  });

  it.each([['constructor'], ['__proto__'], ['hasOwnProperty'], ['error'], ['newChat'], ['']])(
    'an event named %j, which nobody knows',
    async (event) => {
      const relay = await start();
      const [maya, anna] = [await relay.operator(1, 'Maya'), await relay.anonymous('Anna')];
      expect(await anna.ask(event, {})).toMatchObject({ ok: false, error: { code: 'invalid_request', message: 'Unknown event' } });
      anna.socket.emit(event, {});
      await Promise.all([anna.settled(), maya.settled()]);
      expect(anna.received).toEqual([]);
      expect(maya.received).toHaveLength(1);
    },
  );

  it('malformed packets: only that connection ends', async () => {
    const relay = await start();
    const [anna, mallory] = [await relay.anonymous('Anna'), await relay.anonymous('Mallory')];
    for (const raw of ['2[{', '9', '51-["clientMessage",{"_placeholder":true,"num":7}]']) {
      const peer = await relay.connect();
      peer.socket.io.engine.write(raw);
      peer.socket.io.engine.write('2["x"]');
      await expect.poll(() => peer.socket.connected).toBe(false);
    }
    expect(await anna.ask('clientTyping', { isTyping: true })).toMatchObject({ ok: true });
    expect(mallory.socket.connected).toBe(true);
    expect(await relay.metrics()).toMatch(/relay_broken_packets_total\{service="relay"\} [1-9]/);
  });

  it('any payload of any event from any sender: it is answered, without an internal error', async () => {
    const relay = await start({}, { rateLimits: UNLIMITED, maxRefusals: Infinity });
    const maya = await relay.operator(1, 'Maya');
    const anna = await relay.visitor(ANNA, 'Anna');
    const events = Object.keys(peerEvents) as PeerEventName[];
    const nearMiss = fc.record(
      {
        role: fc.constantFrom('client', 'operator', 'service', null),
        to: fc.oneof(fc.constant(ANNA), fc.jsonValue()),
        type: fc.oneof(fc.constantFrom('text', 'image'), fc.jsonValue()),
        message: fc.oneof(fc.string(), fc.jsonValue()),
        image: fc.oneof(fc.string(), fc.jsonValue()),
        isTyping: fc.oneof(fc.boolean(), fc.jsonValue()),
        size: fc.oneof(fc.double(), fc.jsonValue()),
        name: fc.oneof(fc.string(), fc.jsonValue()),
        operatorId: fc.jsonValue(),
        messageKey: fc.oneof(fc.uuid(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const payloads = fc.array(fc.oneof(fc.jsonValue(), nearMiss), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(maya, anna), fc.constantFrom(...events), payloads, async (peer, event, payload) => {
        const answer = await peer.ask(event, ...payload);
        expect(answer.ok ? 'ok' : answer.error.code).not.toBe('internal');
      }),
      { numRuns: 400 },
    );
    expect(relay.log.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
