import { TestRedis } from '@switchboard/redis/testing';
import type { Audience } from '@switchboard/protocol';
import { afterEach, describe, expect, it } from 'vitest';

import type { TestPeer, TestRelay } from '../testing/test-relay.ts';
import { useRelays } from '../testing/use-relays.ts';
import { Audiences } from './audiences.ts';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const LAMPS = 1;
const BULBS = 2;

const start = useRelays();
let redis: TestRedis | undefined;
afterEach(async () => {
  await redis?.close();
  redis = undefined;
});

/** An operator who sees the conversations of these teams, of none, and their own. */
async function member(relay: TestRelay, id: number, teams: number[]): Promise<TestPeer> {
  const peer = await relay.connect(await relay.mint({ role: 'operator', id, name: `Operator ${id}`, teams }));
  await peer.ask('join', { role: 'operator' });
  return peer;
}

async function visitor(relay: TestRelay, audience?: Audience): Promise<TestPeer> {
  const claims = { role: 'client' as const, id: 1, name: 'Anna', sessionId: ANNA, ...(audience === undefined ? {} : { audience }) };
  const peer = await relay.connect(await relay.mint(claims));
  await peer.ask('join', { role: 'client', name: 'Anna' });
  return peer;
}

async function hint(relay: TestRelay, more: { audience?: Audience; formerAudience?: Audience } = {}): Promise<void> {
  const token = await relay.mint({ role: 'service', id: 0, name: 'test' });
  const response = await fetch(`${relay.url}/hints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ event: 'conversationChanged', clientId: ANNA, lastSeq: 1, ...more }),
  });
  expect(response.status).toBe(202);
}

const say = async (peer: TestPeer, message: string) => await peer.ask('clientMessage', { type: 'text', message });
const textsOf = (peer: TestPeer) => [...peer.of('incomingMessage'), ...peer.of('operatorBroadcast')].map(({ message }) => message);

/** Maya sees everything (a token without teams); Omar is in the team for lamps, Olga in that for bulbs, Otto in none. */
async function staff(relay: TestRelay): Promise<Record<'maya' | 'omar' | 'olga' | 'otto', TestPeer>> {
  const maya = await relay.operator(1, 'Maya');
  return { maya, omar: await member(relay, 2, [LAMPS]), olga: await member(relay, 3, [BULBS]), otto: await member(relay, 4, []) };
}
const settled = async (peers: Record<string, TestPeer>) =>
  await Promise.all(Object.values(peers).map(async (peer) => await peer.settled()));

describe('a message of a conversation', () => {
  it.each<[string, Audience, readonly string[]]>([
    ['of no team reaches every operator', { teamId: null, assigneeId: 3 }, ['maya', 'omar', 'olga', 'otto']],
    ['of a team reaches its operators, and those who see every conversation', { teamId: LAMPS, assigneeId: null }, ['maya', 'omar']],
    ['of a team reaches its assignee, too, once', { teamId: LAMPS, assigneeId: 4 }, ['maya', 'omar', 'otto']],
    ['of a team whose operator is its assignee reaches them once', { teamId: LAMPS, assigneeId: 2 }, ['maya', 'omar']],
  ])('%s', async (_what, audience, receivers) => {
    const relay = await start();
    const people = await staff(relay);
    const anna = await visitor(relay, audience);
    expect(await say(anna, 'Hello?')).toMatchObject({ ok: true, delivered: receivers.length });
    await anna.ask('clientTyping', { isTyping: true });
    await settled(people);
    for (const [name, peer] of Object.entries(people)) {
      const hears = receivers.includes(name);
      expect(
        peer.received.map(({ event }) => event),
        name,
      ).toEqual(hears ? ['newChat', 'incomingMessage', 'clientTyping'] : []);
    }
  });

  it('whose audience the web app has not named reaches only those who see every conversation', async () => {
    const relay = await start();
    const people = await staff(relay);
    await say(await visitor(relay), 'Hello?');
    await settled(people);
    expect(Object.entries(people).flatMap(([name, peer]) => (textsOf(peer).length > 0 ? [name] : []))).toEqual(['maya']);
  });

  it('of a visitor without a token reaches every operator: its address is new', async () => {
    const relay = await start();
    const people = await staff(relay);
    await say(await relay.anonymous('Old Olga'), 'Hello?');
    await settled(people);
    for (const peer of Object.values(people)) expect(textsOf(peer)).toEqual(['Hello?']);
  });

  it('reaches the audience of the newest hint, which both the old and the new one receive', async () => {
    const relay = await start();
    const people = await staff(relay);
    const anna = await visitor(relay, { teamId: LAMPS, assigneeId: null });
    await say(anna, 'one');
    await hint(relay, { audience: { teamId: BULBS, assigneeId: null }, formerAudience: { teamId: LAMPS, assigneeId: null } });
    await say(anna, 'two');
    // A token from before does not bring the old audience back.
    await say(await visitor(relay, { teamId: LAMPS, assigneeId: null }), 'three');
    await settled(people);
    expect([people.omar, people.olga, people.otto].map(textsOf)).toEqual([['one'], ['two', 'three'], []]);
    expect([people.omar, people.olga, people.otto].map((peer) => peer.of('conversationChanged').length)).toEqual([1, 1, 0]);
    expect(people.olga.of('conversationChanged')).toEqual([{ clientId: ANNA, lastSeq: 1 }]);
  });

  it('reaches the same operators on every node', async () => {
    redis = await TestRedis.start();
    const [one, two] = [await start({ redisUrl: redis.url }), await start({ redisUrl: redis.url })];
    for (const relay of [one, two])
      await expect.poll(async () => (await (await fetch(`${relay.url}/readyz`)).json()) as object).toMatchObject({ degraded: false });
    const [omar, olga, boss] = [await member(two, 2, [LAMPS]), await member(two, 3, [BULBS]), await two.operator(1, 'Maya')];
    const anna = await visitor(one, { teamId: LAMPS, assigneeId: null });
    await say(anna, 'one');
    await expect.poll(() => textsOf(boss)).toEqual(['one']);
    await hint(one, { audience: { teamId: BULBS, assigneeId: null } });
    await expect.poll(() => olga.of('conversationChanged')).toHaveLength(1);
    // What an operator of the other node answers follows the audience as well.
    await expect
      .poll(async () => (await boss.ask('operatorMessage', { to: ANNA, type: 'text', message: 'two' })).ok && textsOf(olga).includes('two'))
      .toBe(true);
    expect(textsOf(omar)).toEqual(['one']);
  });
});

describe('an operator of a team', () => {
  it('can’t write, or say that they write, into a conversation of another team', async () => {
    const relay = await start();
    const people = await staff(relay);
    const anna = await visitor(relay, { teamId: LAMPS, assigneeId: null });
    for (const event of ['operatorMessage', 'operatorTyping', 'operatorActivity'])
      expect(await people.olga.ask(event, { to: ANNA, type: 'text', message: 'x', isTyping: true, state: 'typing' }), event).toMatchObject({
        ok: false,
        error: { code: 'forbidden' },
      });
    expect(await people.omar.ask('operatorMessage', { to: ANNA, type: 'text', message: 'Hi' })).toMatchObject({ ok: true, delivered: 1 });
    await settled({ ...people, anna });
    expect(anna.of('operatorMessage').map(({ message }) => message)).toEqual(['Hi']);
    expect(Object.entries(people).flatMap(([name, peer]) => (textsOf(peer).length > 0 ? [name] : []))).toEqual(['maya']);
  });
});

describe('what an operator does in a conversation', () => {
  it('reaches the other operators who may see it, never the visitor, and ends with their connection', async () => {
    const relay = await start();
    const people = await staff(relay);
    const anna = await visitor(relay, { teamId: LAMPS, assigneeId: null });
    await people.omar.ask('operatorActivity', { to: ANNA, state: 'viewing' });
    await people.omar.ask('operatorActivity', { to: ANNA, state: 'typing' });
    await people.maya.settled();
    people.omar.socket.disconnect();
    await expect.poll(() => people.maya.of('operatorActivity').map(({ state }) => state)).toEqual(['viewing', 'typing', 'left']);
    expect(people.maya.of('operatorActivity')[0]).toEqual({ clientId: ANNA, operatorId: 2, operatorName: 'Operator 2', state: 'viewing' });
    await settled({ ...people, omar: people.maya, anna });
    for (const peer of [people.olga, people.otto, people.omar, anna]) expect(peer.of('operatorActivity')).toEqual([]);
  });

  it('is over when they say so: the end of their connection is then no news', async () => {
    const relay = await start();
    const [maya, omar] = [await relay.operator(1, 'Maya'), await relay.operator(2, 'Omar')];
    await omar.ask('operatorActivity', { to: ANNA, state: 'viewing' });
    await omar.ask('operatorActivity', { to: ANNA, state: 'left' });
    omar.socket.disconnect();
    await expect.poll(async () => await relay.metrics()).toMatch(/relay_connections\{role="operator",service="relay"\} 1/);
    await maya.settled();
    expect(maya.of('operatorActivity').map(({ state }) => state)).toEqual(['viewing', 'left']);
  });

  it('is refused to a visitor', async () => {
    const relay = await start();
    expect(await (await visitor(relay)).ask('operatorActivity', { to: ANNA, state: 'viewing' })).toMatchObject({
      ok: false,
      error: { code: 'forbidden' },
    });
  });
});

it('the audiences of the conversations heard of least recently are forgotten', () => {
  const audiences = new Audiences();
  const of = { teamId: LAMPS, assigneeId: null };
  for (let index = 0; index < 50_000; index += 1) audiences.set(`a${index}`, of);
  audiences.set('a0', of);
  audiences.set('one more', of);
  expect(['a0', 'a1', 'a2', 'one more'].map((address) => audiences.roomsOf(address).length)).toEqual([2, 1, 2, 2]);
});
