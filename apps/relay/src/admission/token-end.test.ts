import { createTokens } from '@switchboard/tokens';
import { afterEach, expect, it } from 'vitest';

import { startRelay, TEST_SECRET, type TestPeer, type TestRelay } from '../testing/test-relay.ts';
import { connectionEnd } from './token-end.ts';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const relays: TestRelay[] = [];
afterEach(async () => {
  await Promise.all(relays.splice(0).map(async (relay) => await relay.close()));
});

/** An expired token that is still accepted for so many seconds. */
async function tokenFor(role: 'operator' | 'client', secondsLeft: number): Promise<string> {
  const life = role === 'operator' ? 10 * 60 : 24 * 60 * 60;
  const tokens = createTokens([TEST_SECRET], () => Date.now() - (life + 60 - secondsLeft) * 1_000);
  const claims = role === 'operator' ? ({ role, id: 1, name: 'Maya' } as const) : ({ role, id: 2, name: 'Anna', sessionId: ANNA } as const);
  return (await tokens.mintRelayToken(claims)).token;
}

const joined = async (relay: TestRelay, token: string, role: string): Promise<TestPeer> => {
  const peer = await relay.connect(token);
  expect(await peer.ask('join', { role, name: 'x' })).toMatchObject({ ok: true });
  return peer;
};

it('a connection ends when its token has expired, like a lost connection, and receives nothing more; others are unaffected', async () => {
  const relay = await startRelay();
  relays.push(relay);
  const removed = await joined(relay, await tokenFor('operator', 5), 'operator');
  const colleague = await relay.operator(2, 'Olga');
  const ben = await relay.anonymous('Ben');
  const reason = new Promise((resolve) => removed.socket.once('disconnect', resolve));
  await ben.ask('clientMessage', { type: 'text', message: 'before' });
  expect(await reason).toBe('transport close');
  await expect(relay.connect(await tokenFor('operator', -5))).rejects.toThrow('Invalid token');
  await ben.ask('clientMessage', { type: 'text', message: 'after' });
  await colleague.settled();
  expect(removed.of('incomingMessage').map(({ message }) => message)).toEqual(['before']);
  expect(colleague.of('incomingMessage').map(({ message }) => message)).toEqual(['before', 'after']);
  expect(await relay.metrics()).toContain('switchboard_relay_connections_expired_total{service="relay"} 1');
});

it.each([
  ['an operator', { issuedAt: 1_000, expiresAt: 1_600 }, 1_660, 1_670],
  ['a visitor', { issuedAt: 0, expiresAt: 86_400 }, 86_460, 86_760],
  ['a token without a beginning', { issuedAt: 0, expiresAt: 1_800_000_000 }, 1_800_000_060, 1_800_000_360],
  ['a token that ends before it begins', { issuedAt: 2_000, expiresAt: 1_000 }, 1_060, 1_060],
])('the connection of %s ends when a new one would be refused, or a little later', (_who, token, earliest, latest) => {
  expect(connectionEnd(token, 0)).toBe(earliest);
  expect(connectionEnd(token, 1)).toBe(latest);
});
