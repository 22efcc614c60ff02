import { afterEach, describe, expect, it } from 'vitest';

import { MAX_PACKETS_PER_REQUEST } from './packet-limits.ts';
import { type RawPeer, rawPeer, rawWebSocket } from '../testing/raw-peer.ts';
import { startRelay, type TestPeer, type TestRelay } from '../testing/test-relay.ts';

const relays: TestRelay[] = [];
const raws: RawPeer[] = [];
afterEach(async () => {
  for (const raw of raws.splice(0)) raw.socket.destroy();
  await Promise.all(relays.splice(0).map(async (relay) => await relay.close()));
});

/** A relay, and an operator who must not be affected by the actions of others. */
async function start(): Promise<{ relay: TestRelay; bystander: TestPeer }> {
  const relay = await startRelay();
  relays.push(relay);
  return { relay, bystander: await relay.operator(1, 'Maya') };
}

async function raw(relay: TestRelay): Promise<RawPeer> {
  const peer = await rawWebSocket(relay.url);
  raws.push(peer);
  await expect.poll(() => peer.heard()).toContain('pingInterval');
  return peer;
}

async function joined(relay: TestRelay): Promise<RawPeer> {
  const peer = await raw(relay);
  peer.say('40');
  await expect.poll(() => peer.heard()).toContain('40{"sid"');
  peer.say('420["join",{"role":"client","name":"Mallory"}]');
  await expect.poll(() => peer.heard()).toContain('430[{"ok":true');
  return peer;
}

const ends = async (peer: RawPeer) => await expect.poll(() => peer.isOver()).toBe(true);
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const times = (count: number, text: string) => Array.from({ length: count }, () => text);
const valueOf = (metrics: string, name: string) => Number(new RegExp(`^switchboard_${name}(?:\\{[^}]*\\})? (.*)$`, 'm').exec(metrics)?.[1]);

/** Checks that others are unaffected, and that nothing was thrown without being handled. */
async function expectUnharmed({ relay, bystander }: { relay: TestRelay; bystander: TestPeer }): Promise<void> {
  expect(await bystander.ask('operatorTyping', { to: 'nobody', isTyping: true })).toMatchObject({ ok: true });
  expect(relay.log.filter(({ level }) => level === 'error')).toEqual([]);
  await expect.poll(async () => await relay.metrics()).toContain('switchboard_relay_connections{role="none",service="relay"} 0');
}

async function pollingHandshake(relay: TestRelay): Promise<{ url: string; sid: string }> {
  const opened = await (await fetch(`${relay.url}/chat/?EIO=4&transport=polling`)).text();
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  return { url: `${relay.url}/chat/?EIO=4&transport=polling&sid=${sid}`, sid };
}

describe('the relay allows one CONNECT for each connection', () => {
  it.each([2, 100, 100_000])(
    'over a WebSocket: of %i CONNECTs in one go at most one makes a socket, and the connection ends',
    async (count) => {
      const started = await start();
      const peer = await raw(started.relay);
      peer.say(...times(count, '40'));
      await ends(peer);
      expect(peer.heard().split('40{"sid"').length - 1).toBeLessThanOrEqual(1);
      await expectUnharmed(started);
      expect(valueOf(await started.relay.metrics(), 'relay_stray_errors_total')).toBe(0);
    },
  );

  it.each([2, MAX_PACKETS_PER_REQUEST - 1, MAX_PACKETS_PER_REQUEST + 1, 100_000])('by polling: %i in one request', async (count) => {
    const started = await start();
    const { url } = await pollingHandshake(started.relay);
    // The relay may abort the request: the connection is then gone, as it should be.
    await fetch(url, { method: 'POST', body: times(count, '40').join('\u001E') }).catch(() => undefined);
    const after = await fetch(url);
    // If the connection still exists, only its end can be read.
    expect(after.status === 400 || !(await after.text()).includes('40{"sid"')).toBe(true);
    await expectUnharmed(started);
  });

  it('also after a DISCONNECT', async () => {
    const started = await start();
    const peer = await joined(started.relay);
    peer.say('41', '40');
    await ends(peer);
    expect(peer.heard().split('40{"sid"')).toHaveLength(2);
    await expectUnharmed(started);
  });

  it('and limits CONNECTs to unknown namespaces', async () => {
    const started = await start();
    const peer = await raw(started.relay);
    peer.say(...times(5_000, '40/admin,'));
    await ends(peer);
    expect(valueOf(await started.relay.metrics(), 'relay_offenders_cut_total')).toBe(1);
    await expectUnharmed(started);
  });
});

describe('the relay limits every kind of packet', () => {
  it.each([
    ['answers that nobody asked for', '3[1]'],
    ['answers with a number', '31[]'],
    ['pongs', ''],
    ['events with a number for a name', '2[1]'],
    ['events that nobody knows', '2["x"]'],
    ['typing', '2["clientTyping",{"isTyping":true}]'],
    ['joins', '2["join",{"role":"client","name":"Mallory"}]'],
  ])('a flood of %s ends the connection', async (_what, packet) => {
    const started = await start();
    const peer = await joined(started.relay);
    // Packets of Engine.IO have no "4" before them.
    peer.say(...times(5_000, packet === '' ? '3' : `4${packet}`));
    await ends(peer);
    expect(valueOf(await started.relay.metrics(), 'relay_offenders_cut_total')).toBe(1);
    await expectUnharmed(started);
  });

  it('a flood of probes before an upgrade ends the connection', async () => {
    const started = await start();
    const { url, sid } = await pollingHandshake(started.relay);
    const peer = await rawWebSocket(started.relay.url, { sid });
    raws.push(peer);
    peer.say(...times(5_000, '2probe'));
    await expect.poll(async () => valueOf(await started.relay.metrics(), 'relay_offenders_cut_total')).toBe(1);
    expect(peer.heard().split('3probe').length - 1).toBeLessThan(1_000);
    expect((await fetch(url)).status).toBe(400);
    await expectUnharmed(started);
  });

  it('ends a polling connection with too many packets in one request, before any is decoded', async () => {
    const started = await start();
    const [enough, tooMany] = [await pollingHandshake(started.relay), await pollingHandshake(started.relay)];
    // Pongs, which the relay does not limit otherwise.
    const post = async (url: string, count: number) =>
      await fetch(url, { method: 'POST', body: times(count, '3').join('\u001E') }).then(
        ({ status }) => status,
        () => 'aborted',
      );
    expect(await post(enough.url, MAX_PACKETS_PER_REQUEST)).toBe(200);
    expect(valueOf(await started.relay.metrics(), 'relay_offenders_cut_total')).toBe(0);
    expect(await post(tooMany.url, MAX_PACKETS_PER_REQUEST + 1)).toBe('aborted');
    expect(valueOf(await started.relay.metrics(), 'relay_offenders_cut_total')).toBe(1);
    expect((await fetch(tooMany.url)).status).toBe(400);
    await expectUnharmed(started);
  });

  it('and allows the most that an honest client sends in a second', async () => {
    const started = await start();
    const peer = await joined(started.relay);
    peer.say(...times(48, '42["clientTyping",{"isTyping":true}]'), ...times(9, '42["future",{}]'), ...times(20, '3'));
    peer.say('421["clientMessage",{"type":"text","message":"Hi"}]');
    await expect.poll(() => peer.heard()).toContain('431[{"ok":true');
    await started.bystander.settled();
    expect(started.bystander.of('clientTyping')).toHaveLength(48);
    expect(peer.isOver()).toBe(false);
  });
});

describe('unknown events', () => {
  it.each([
    ['small ones', ['an event of tomorrow', {}]],
    ['large ones', ['x', 'y'.repeat(500_000)]],
    ['with a name that is a number', [17, {}]],
    ['without a name worth the word', ['', null]],
    ['nested as far as it goes', ['x', JSON.parse(deep(14)) as unknown]],
    ['named as what objects have', ['__proto__', { constructor: 1 }]],
  ])('%s are limited like any other event, and the connection ends; no peer receives anything', async (_what, event) => {
    const started = await start();
    const peer = await joined(started.relay);
    for (let sent = 0; sent < 60; sent += 1) peer.say(`42${JSON.stringify(event)}`);
    await ends(peer);
    const metrics = await started.relay.metrics();
    expect(valueOf(metrics, 'relay_offenders_cut_total')).toBe(1);
    // Twenty refusals and the events within the limit; the rest was not read.
    expect(valueOf(metrics, 'relay_unknown_events_total')).toBeLessThanOrEqual(30);
    expect(peer.heard()).not.toContain('"error"');
    await started.bystander.settled();
    expect(started.bystander.received.map((entry) => entry.event)).toEqual(['newChat']);
    await expectUnharmed(started);
  });

  it('of senders without a token are limited by IP address, too', async () => {
    const { relay } = await start();
    const peers = await Promise.all(Array.from({ length: 25 }, async () => await relay.connect()));
    const asked = peers.flatMap((peer) => Array.from({ length: 10 }, async () => await peer.ask('tomorrow', {})));
    const codes = (await Promise.all(asked)).map((answer) => (answer.ok ? 'ok' : answer.error.code));
    expect(codes.filter((code) => code === 'invalid_request')).toHaveLength(200);
    expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(50);
  });
});

describe('deep nesting', () => {
  it.each([
    ['an event', `42["clientMessage",${deep(100_000)}]`],
    ['an unknown event', `42["x",${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}]`],
    ['an answer', `43${deep(5_000)}`],
    ['brackets that never close', `42["x",${'['.repeat(400_000)}`],
    ['17 levels behind a text that looks like an end', `42["x]]]]]]]]]]]]\\"]",${deep(16)}]`],
  ])('in %s ends the connection before it is read', async (_what, packet) => {
    const started = await start();
    const peer = await joined(started.relay);
    peer.say(packet);
    await ends(peer);
    expect(valueOf(await started.relay.metrics(), 'relay_broken_packets_total')).toBe(1);
    await expectUnharmed(started);
  });

  it('in a CONNECT ends the connection before it is read, and so does a long one', async () => {
    const started = await start();
    for (const packet of [`40{"token":${deep(5_000)}}`, `40{"token":"${'x'.repeat(900_000)}"}`]) {
      const peer = await raw(started.relay);
      peer.say(packet);
      await ends(peer);
      expect(peer.heard()).not.toContain('40{"sid"');
    }
    await expectUnharmed(started);
  });

  it('does not include brackets in texts', async () => {
    const started = await start();
    const peer = await joined(started.relay);
    const message = `${'[{'.repeat(2_000)} "quoted" \\ ${'}]'.repeat(100)}`;
    peer.say(`42${JSON.stringify(['clientMessage', { type: 'text', message }])}`);
    await expect.poll(() => started.bystander.of('incomingMessage').map((entry) => entry['message'])).toEqual([message]);
  });
});

describe('the relay limits the bytes of incomplete messages', () => {
  const begun = `42["clientMessage",{"type":"image","image":"${'A'.repeat(150_000)}`;

  it('by IP address; connections with a token and other addresses are unaffected', async () => {
    const relay = await startRelay({ bufferBytes: 200_000, maxPayloadBytes: 200_000, trustedHops: 1 });
    relays.push(relay);
    const connect = async (forwardedFor: string, auth: object) => {
      const peer = await rawWebSocket(relay.url, { forwardedFor });
      raws.push(peer);
      await expect.poll(() => peer.heard()).toContain('pingInterval');
      peer.say(`40${JSON.stringify(auth)}`);
      await expect.poll(() => peer.heard()).toContain('40{"sid"');
      peer.begin(begun);
      return peer;
    };
    const token = await relay.mint({ role: 'client', id: 1, name: 'Anna', sessionId: '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01' });
    const anna = await connect('203.0.113.1', { token });
    const elsewhere = await connect('198.51.100.1', {});
    const peers: RawPeer[] = [];
    for (let count = 0; count < 40; count += 1) peers.push(await connect('203.0.113.1', {}));
    // The limit is twenty messages of 200,000 bytes, which is 26 of 150,000.
    await expect.poll(() => peers.filter((peer) => !peer.isOver()).length).toBe(26);
    expect([anna.isOver(), elsewhere.isOver()]).toEqual([false, false]);
  });

  it('over polling, too, with and without a Content-Length', async () => {
    const relay = await startRelay({ bufferBytes: 200_000, maxPayloadBytes: 200_000 });
    relays.push(relay);
    const peers: RawPeer[] = [];
    for (let count = 0; count < 30; count += 1) {
      const { sid } = await pollingHandshake(relay);
      const peer = await rawPeer(relay.url);
      raws.push(peer);
      peers.push(peer);
      const length = count % 2 === 0 ? 'Content-Length: 200000' : 'Transfer-Encoding: chunked';
      peer.write(`POST /chat/?EIO=4&transport=polling&sid=${sid} HTTP/1.1\r\nHost: relay\r\nContent-Type: text/plain\r\n${length}\r\n\r\n`);
    }
    await expect.poll(() => peers.filter((peer) => !peer.isOver()).length).toBeLessThanOrEqual(20);
  });
});
