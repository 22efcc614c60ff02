import { afterEach, describe, expect, it } from 'vitest';

import { type TestPeer, type TestRelay, startRelay } from '../testing/test-relay.ts';
import { TestRedis } from '@switchboard/redis/testing';
import { Redis } from 'ioredis';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const MESSAGE = { type: 'text', message: 'Hello?', messageKey: '0191d2a4-0000-4000-8000-000000000001' };
const ANSWER = { ...MESSAGE, to: ANNA, message: 'Hello!', operatorId: 1, operatorName: 'Maya' };

let redis: TestRedis;
const relays: TestRelay[] = [];

async function startNode(): Promise<TestRelay> {
  const relay = await startRelay({ redisUrl: redis.url });
  relays.push(relay);
  return relay;
}

async function readiness(
  relay: TestRelay,
): Promise<{ status: number; body: { ok: boolean; degraded: boolean; checks: Record<string, string> } }> {
  const response = await fetch(`${relay.url}/readyz`);
  return { status: response.status, body: (await response.json()) as { ok: boolean; degraded: boolean; checks: Record<string, string> } };
}
const isDegraded = async (relay: TestRelay) => (await readiness(relay)).body.degraded;
const texts = (peer: TestPeer, event: 'incomingMessage' | 'operatorMessage' | 'operatorBroadcast') =>
  peer.of(event).map(({ message }) => message);

/** Two connected nodes. */
async function startPair(): Promise<[TestRelay, TestRelay]> {
  const pair: [TestRelay, TestRelay] = [await startNode(), await startNode()];
  for (const relay of pair) await expect.poll(async () => await isDegraded(relay)).toBe(false);
  return pair;
}

// (An unhandled rejection already fails the whole run.)
afterEach(async () => {
  await Promise.all(relays.splice(0).map(async (relay) => await relay.close()));
  await redis.close();
});

describe('two nodes', () => {
  it('deliver to the peers of both: messages, broadcasts, typing, ends and hints', async () => {
    redis = await TestRedis.start();
    const [one, two] = await startPair();
    const [maya, omar, anna] = [await one.operator(1, 'Maya'), await two.operator(2, 'Omar'), await two.visitor(ANNA, 'Anna')];
    await expect.poll(() => maya.of('newChat')).toEqual([{ clientId: ANNA, username: 'Anna' }]);
    await anna.ask('clientMessage', MESSAGE);
    await anna.ask('clientTyping', { isTyping: true });
    await expect.poll(() => maya.of('clientTyping')).toEqual([{ from: ANNA, isTyping: true }]);
    expect(texts(maya, 'incomingMessage')).toEqual(['Hello?']);
    expect(maya.of('incomingMessage')).toEqual(omar.of('incomingMessage'));
    await maya.ask('operatorMessage', ANSWER);
    await expect.poll(() => texts(omar, 'operatorBroadcast')).toEqual(['Hello!']);
    await expect.poll(() => texts(anna, 'operatorMessage')).toEqual(['Hello!']);
    expect(texts(maya, 'operatorBroadcast')).toEqual([]);
    const hint = { event: 'conversationChanged', clientId: ANNA, lastSeq: 2 };
    const authorization = `Bearer ${await one.mint({ role: 'service', id: 0, name: 'web' })}`;
    await fetch(`${one.url}/hints`, { method: 'POST', body: JSON.stringify(hint), headers: { authorization } });
    await expect.poll(() => anna.of('conversationChanged')).toEqual([{ clientId: ANNA, lastSeq: 2 }]);
    expect(maya.of('conversationChanged')).toEqual([{ clientId: ANNA, lastSeq: 2 }]);
    await anna.ask('chatEnded');
    await expect.poll(() => maya.of('chatEnded')).toEqual([{ clientId: ANNA }]);
  });

  it.each(['killed', 'frozen'] as const)('serve their own peers while Redis is %s, and then ask all peers to catch up', async (how) => {
    redis = await TestRedis.start();
    const [one, two] = await startPair();
    const [maya, omar, anna] = [await one.operator(1, 'Maya'), await two.operator(2, 'Omar'), await one.visitor(ANNA, 'Anna')];
    let lines = 0;
    for (const peer of [maya, omar, anna]) peer.socket.on('disconnect', () => (lines += 1));
    if (how === 'killed') await redis.kill();
    else redis.freeze();
    await anna.ask('clientMessage', MESSAGE);
    await expect.poll(() => texts(maya, 'incomingMessage')).toEqual(['Hello?']);
    for (const relay of [one, two]) await expect.poll(async () => await isDegraded(relay)).toBe(true);
    expect(await readiness(one)).toEqual({
      status: 200,
      body: { ok: true, degraded: true, checks: { accepting: 'ok', redis: 'away: only peers of this node are reached' } },
    });
    expect(await one.metrics()).toMatch(/relay_redis_up\{service="relay"\} 0/);
    await anna.ask('clientMessage', { ...MESSAGE, message: 'Anybody?' });
    expect(await one.metrics()).toMatch(/relay_redis_publishes_dropped_total\{service="relay"\} [1-9]/);
    // The peers were also asked when the nodes first connected.
    const told = new Map([maya, omar, anna].map((peer) => [peer, peer.of('resync').length]));
    if (how === 'killed') await redis.run();
    else redis.thaw();
    for (const [peer, before] of told) await expect.poll(() => peer.of('resync').length).toBeGreaterThan(before);
    await expect.poll(async () => [await isDegraded(one), await isDegraded(two)]).toEqual([false, false]);
    await anna.ask('clientMessage', { ...MESSAGE, message: 'Ah, there you are.' });
    await expect.poll(() => texts(omar, 'incomingMessage').at(-1)).toBe('Ah, there you are.');
    // The relay never delivers it, which is why it sends `resync`.
    expect(texts(omar, 'incomingMessage')).not.toContain('Anybody?');
    expect(lines).toBe(0);
  });

  it('start without Redis, and connect when it is there', async () => {
    redis = await TestRedis.prepare();
    const [one, two] = [await startNode(), await startNode()];
    const [maya, anna] = [await one.operator(1, 'Maya'), await two.visitor(ANNA, 'Anna')];
    expect(await isDegraded(one)).toBe(true);
    await redis.run();
    for (const peer of [maya, anna]) await expect.poll(() => peer.of('resync').length).toBeGreaterThan(0);
    await expect.poll(async () => [await isDegraded(one), await isDegraded(two)]).toEqual([false, false]);
    await anna.ask('clientMessage', MESSAGE);
    await expect.poll(() => texts(maya, 'incomingMessage')).toEqual(['Hello?']);
  });

  it('are unaffected by a third node that joins', async () => {
    redis = await TestRedis.start();
    const [one] = await startPair();
    const hasLooked = async (relay: TestRelay) =>
      await expect.poll(async () => await relay.metrics()).toMatch(/relay_resyncs_total\{whose="own",service="relay"\} 1/);
    await hasLooked(one);
    const maya = await one.operator(1, 'Maya');
    const three = await startNode();
    await hasLooked(three);
    const anna = await three.visitor(ANNA, 'Anna');
    await anna.ask('clientMessage', MESSAGE);
    await expect.poll(() => texts(maya, 'incomingMessage')).toEqual(['Hello?']);
    expect(maya.of('resync')).toEqual([]);
  });

  it('do not queue for a Redis that hangs, and drop what it does not accept', async () => {
    redis = await TestRedis.start();
    const one = await startNode();
    await expect.poll(async () => await isDegraded(one)).toBe(false);
    redis.freeze();
    const authorization = `Bearer ${await one.mint({ role: 'service', id: 0, name: 'web' })}`;
    const hints = Array.from({ length: 100 }, (_, lastSeq) => ({ event: 'conversationChanged', clientId: ANNA, lastSeq }));
    for (let posts = 0; posts < 110; posts += 1)
      await fetch(`${one.url}/hints`, { method: 'POST', body: JSON.stringify(hints), headers: { authorization } });
    const droppedNow = async () => Number(/relay_redis_publishes_dropped_total\{service="relay"\} (\d+)/.exec(await one.metrics())?.[1]);
    // Each hint goes to operators and to the visitor, 22,000 in total; at most 10,000 may wait for an answer, for at most two seconds.
    expect(await droppedNow()).toBeGreaterThan(0);
    await expect.poll(droppedNow).toBeGreaterThanOrEqual(11_000);
  });
});

/** Creates a user of this Redis with these rights; returns the URL with which it connects. */
async function userWith(rights: readonly string[]): Promise<string> {
  const admin = new Redis(redis.url);
  await admin.call('ACL', 'SETUSER', 'limited', 'reset', 'on', '>password', ...rights);
  await admin.quit();
  return redis.url.replace('redis://', 'redis://limited:password@');
}

async function startWith(redisUrl: string): Promise<TestRelay> {
  const relay = await startRelay({ redisUrl });
  relays.push(relay);
  return relay;
}
const CHANNELS = ['&socket.io#/#*', '&socket.io-request#/#', '&socket.io-response#/#*'];
const warnings = (relay: TestRelay) => relay.log.filter(({ level }) => level === 'warn').map(({ fields }) => String(fields['reason']));

describe('a Redis that refuses', () => {
  it('is logged once with its message: for a forbidden channel, and for a wrong password', async () => {
    redis = await TestRedis.start();
    const deaf = await startWith(await userWith(['+@all', '&socket.io*', '~*']));
    await expect.poll(() => warnings(deaf)).toContainEqual(expect.stringMatching(/^NOPERM .*channel/i));
    const wrong = await startWith(redis.url.replace('redis://', 'redis://limited:wrong@'));
    await expect.poll(() => warnings(wrong)).toContainEqual(expect.stringMatching(/^WRONGPASS /));
    expect(await isDegraded(deaf)).toBe(true);
    // It is retried many times, and logged once.
    const admin = new Redis(redis.url);
    await expect.poll(async () => Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1])).toBeGreaterThan(12);
    await admin.quit();
    // Only the subscriber is refused its channel; both are refused their password.
    expect([warnings(deaf).length, warnings(wrong).length]).toEqual([1, 2]);
  });

  it('publishing counts as Redis being away, and peers are not asked to catch up repeatedly', async () => {
    redis = await TestRedis.start();
    const mute = await startWith(await userWith(['+@all', '-publish', ...CHANNELS, '~*']));
    await expect.poll(async () => await isDegraded(mute)).toBe(false);
    const maya = await mute.operator(1, 'Maya');
    const anna = await mute.visitor(ANNA, 'Anna');
    await anna.ask('clientMessage', MESSAGE);
    await expect.poll(() => warnings(mute)).toContainEqual(expect.stringMatching(/NOPERM .*publish/i));
    expect(await isDegraded(mute)).toBe(true);
    const before = maya.of('resync').length;
    for (let typed = 0; typed < 5; typed += 1) await anna.ask('clientTyping', { isTyping: true });
    await maya.settled();
    expect(maya.of('resync')).toHaveLength(before);
    expect(texts(maya, 'incomingMessage')).toEqual(['Hello?']);
  });

  it('a user with the rights that docs/deployment.md names can do all that is needed', async () => {
    redis = await TestRedis.start();
    const url = await userWith(['resetchannels', ...CHANNELS, '~switchboard:*', '+@all', '-@dangerous', '-@admin']);
    const [one, two] = [await startWith(url), await startWith(url)];
    for (const relay of [one, two]) await expect.poll(async () => await isDegraded(relay)).toBe(false);
    const [maya, anna] = [await one.operator(1, 'Maya'), await two.visitor(ANNA, 'Anna')];
    await anna.ask('clientMessage', MESSAGE);
    await expect.poll(() => texts(maya, 'incomingMessage')).toEqual(['Hello?']);
    expect([...warnings(one), ...warnings(two)]).toEqual([]);
  });
});
