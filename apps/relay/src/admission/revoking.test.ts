import { TestRedis } from '@switchboard/redis/testing';
import { afterEach, describe, expect, it } from 'vitest';

import { Revocations } from './revocations.ts';
import { startRelay, type TestPeer, type TestRelay } from '../testing/test-relay.ts';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function start(...given: Parameters<typeof startRelay>): Promise<TestRelay> {
  const relay = await startRelay(...given);
  cleanUps.push(async () => await relay.close());
  return relay;
}

const nowSeconds = () => Math.floor(Date.now() / 1_000);

async function revoke(relay: TestRelay, role: 'operator' | 'client', id: number, at = nowSeconds(), address?: string): Promise<number> {
  const headers = { authorization: `Bearer ${await relay.mint({ role: 'service', id: 0, name: 'web' })}` };
  return (await fetch(`${relay.url}/hints`, { method: 'POST', headers, body: JSON.stringify({ event: 'revoked', role, id, at, address }) }))
    .status;
}

const ends = async (peer: TestPeer) => await expect.poll(() => peer.socket.connected).toBe(false);

describe('a revocation', () => {
  it('ends every connection of that person, joined or not, like a lost connection, and no other', async () => {
    const relay = await start();
    const token = await relay.mint({ role: 'operator', id: 1, name: 'Maya' });
    const [joined, silent] = [await relay.operator(1, 'Maya'), await relay.connect(token)];
    const [colleague, visitor] = [await relay.operator(2, 'Olga'), await relay.visitor(ANNA, 'Anna', 1)];
    const reasons: string[] = [];
    joined.socket.on('disconnect', (reason) => reasons.push(reason));
    expect(await revoke(relay, 'operator', 1)).toBe(202);
    await ends(joined);
    await ends(silent);
    expect(reasons).toEqual(['transport close']);
    expect(await colleague.ask('operatorTyping', { to: ANNA, isTyping: true })).toMatchObject({ ok: true });
    expect(await visitor.ask('clientTyping', { isTyping: true })).toMatchObject({ ok: true });
    expect(await revoke(relay, 'client', 1)).toBe(202);
    await ends(visitor);
  });

  it('makes the relay refuse older tokens, and accept later ones', async () => {
    const relay = await start();
    const token = await relay.mint({ role: 'operator', id: 1, name: 'Maya' });
    await revoke(relay, 'operator', 1);
    await expect(relay.connect(token)).rejects.toThrow('Invalid token');
    await expect
      .poll(
        async () =>
          await relay.operator(1, 'Maya').then(
            () => true,
            () => false,
          ),
      )
      .toBe(true);
  });

  it('ends the connection of a visitor without a token by its address, and no other', async () => {
    const relay = await start();
    const [stranger, maya] = [await relay.connect(), await relay.operator(1, 'Maya')];
    expect(await stranger.ask('join', { role: 'client', name: 'Old page' })).toMatchObject({ ok: true });
    expect(await revoke(relay, 'client', 7, nowSeconds(), maya.socket.id)).toBe(202);
    expect(await revoke(relay, 'client', 8, nowSeconds(), stranger.socket.id)).toBe(202);
    await ends(stranger);
    expect(await maya.ask('operatorTyping', { to: ANNA, isTyping: true })).toMatchObject({ ok: true });
  });

  it('requires a service token', async () => {
    const relay = await start();
    const maya = await relay.operator(1, 'Maya');
    const headers = { authorization: `Bearer ${await relay.mint({ role: 'operator', id: 2, name: 'Olga' })}` };
    const body = JSON.stringify({ event: 'revoked', role: 'operator', id: 1, at: nowSeconds() });
    expect((await fetch(`${relay.url}/hints`, { method: 'POST', headers, body })).status).toBe(403);
    expect(await maya.ask('operatorTyping', { to: ANNA, isTyping: true })).toMatchObject({ ok: true });
  });

  it('reaches the other nodes, immediately or as soon as Redis is back', async () => {
    const redis = await TestRedis.start();
    cleanUps.push(async () => await redis.close());
    const [here, there] = [await start({ redisUrl: redis.url }), await start({ redisUrl: redis.url })];
    const ready = async (relay: TestRelay) => (await (await fetch(`${relay.url}/readyz`)).json()) as { degraded: boolean };
    const bothUp = async () =>
      await expect.poll(async () => [(await ready(here)).degraded, (await ready(there)).degraded]).toEqual([false, false]);
    await bothUp();
    const maya = await there.operator(1, 'Maya');
    await revoke(here, 'operator', 1);
    await ends(maya);

    const olga = await there.operator(2, 'Olga');
    await redis.kill();
    await expect.poll(async () => (await ready(here)).degraded).toBe(true);
    await revoke(here, 'operator', 2);
    expect(olga.socket.connected).toBe(true);
    await redis.run();
    await ends(olga);
  });
});

it('the latest revocation is remembered for the lifetime of a token', () => {
  const revocations = new Revocations();
  const maya = { role: 'operator', id: 1, name: 'Maya' } as const;
  expect([revocations.add({ ...maya, at: 100 }), revocations.add({ ...maya, at: 90 })]).toEqual([true, false]);
  expect([99, 100, 101].map((issuedAt) => revocations.covers(maya, issuedAt))).toEqual([true, true, false]);
  expect(revocations.covers({ role: 'client', id: 1, name: 'x', sessionId: ANNA }, 50)).toBe(false);
  revocations.sweep(100 + 24 * 60 * 60);
  expect(revocations.covers(maya, 99)).toBe(true);
  revocations.sweep(100 + 25 * 60 * 60);
  expect(revocations.covers(maya, 99)).toBe(false);
});
