import { createTokens, type Tokens } from '@switchboard/tokens';
import { SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';

import { TEST_SECRET } from '../testing/test-relay.ts';
import { useRelays } from '../testing/use-relays.ts';

const ANNA = '5f0c4a43-9c9b-4f0e-8f0a-3f1f6a1f2b01';
const OPERATOR = { role: 'operator', id: 1, name: 'Maya' } as const;
const DAY_MS = 24 * 60 * 60 * 1000;

const start = useRelays();

async function mintedAt(ms: number, mint: (tokens: Tokens) => Promise<{ token: string }>): Promise<string> {
  return (await mint(createTokens([TEST_SECRET], () => ms))).token;
}
const sign = async (claims: Record<string, unknown>, secret = TEST_SECRET, audience = 'relay', algorithm = 'HS256') =>
  await new SignJWT(claims)
    .setProtectedHeader({ alg: algorithm })
    .setAudience(audience)
    .setExpirationTime('5 minutes')
    .sign(new TextEncoder().encode(secret));

describe('a token', () => {
  it.each<[string, () => unknown]>([
    ['signed with another secret', async () => await sign(OPERATOR, 'another secret, also long enough for HS256')],
    ['signed with another algorithm', async () => await sign(OPERATOR, TEST_SECRET.repeat(2), 'relay', 'HS512')],
    ['not signed at all', () => new UnsecuredJWT({ ...OPERATOR, aud: 'relay' }).setExpirationTime('5 minutes').encode()],
    ['for another audience', async () => await sign(OPERATOR, TEST_SECRET, 'web')],
    [
      'that only resumes',
      async () => await mintedAt(Date.now(), async (tokens) => await tokens.mintResumeToken({ clientId: 1, sessionId: ANNA })),
    ],
    [
      'run out more than a minute ago',
      async () => await mintedAt(Date.now() - 11 * 60_000 - 5_000, async (tokens) => await tokens.mintRelayToken(OPERATOR)),
    ],
    ['with a role nobody knows', async () => await sign({ ...OPERATOR, role: 'admin' })],
    ['of a client without a session', async () => await sign({ role: 'client', id: 1, name: 'Anna' })],
    ['that is no token', () => 'hello'],
    ['that is no text', () => ({ $ne: null })],
    ['that is a number', () => 7],
  ])('%s refuses the connection', async (_what, token) => {
    const relay = await start();
    await expect(relay.connect(await token())).rejects.toMatchObject({
      message: 'Invalid token',
      data: { code: 'unauthenticated', retryable: false },
    });
    expect(await relay.metrics()).toMatch(/relay_tokens_refused_total\{at="handshake",service="relay"\} 1/);
  });

  it('is accepted for a minute after it has expired, because clocks differ', async () => {
    const relay = await start();
    const token = await mintedAt(Date.now() - 10 * 60_000 - 30_000, async (tokens) => await tokens.mintRelayToken(OPERATOR));
    const peer = await relay.connect(token);
    expect(await peer.ask('join', { role: 'operator' })).toMatchObject({ ok: true });
  });

  it('of a visitor is accepted for a day', async () => {
    const relay = await start();
    const claims = { role: 'client', id: 1, name: 'Anna', sessionId: ANNA } as const;
    const token = await mintedAt(Date.now() - 0.9 * DAY_MS, async (tokens) => await tokens.mintRelayToken(claims));
    await expect(relay.connect(token)).resolves.toBeDefined();
  });

  it('in the URL is ignored', async () => {
    const relay = await start();
    const peer = await relay.connect(undefined, { query: { token: await relay.mint(OPERATOR) } });
    expect(await peer.ask('join', { role: 'operator' })).toMatchObject({ ok: false, error: { code: 'unauthenticated' } });
  });
});

describe('without a token', () => {
  it.each([[undefined], [null], ['']])('(%j) a socket may join as a client', async (token) => {
    const relay = await start();
    const peer = await relay.connect(token);
    expect(await peer.ask('join', { role: 'client', name: 'Olga' })).toMatchObject({ ok: true });
  });

  it('a socket that joins as an operator gets an error and stays open', async () => {
    const relay = await start();
    const peer = await relay.connect();
    const answer = await peer.ask('join', { role: 'operator', name: 'Mallory', operatorId: 1 });
    expect(answer).toEqual({ ok: false, error: { code: 'unauthenticated', message: 'Authentication required', retryable: false } });
    expect(peer.of('error')).toEqual([{ code: 'unauthenticated', message: 'Authentication required', retryable: false }]);
    expect(await peer.ask('operatorMessage', { to: ANNA, type: 'text', message: 'Hi' })).toMatchObject({ error: { code: 'not_joined' } });
    await relay.visitor(ANNA, 'Anna');
    await peer.settled();
    expect(peer.of('newChat')).toEqual([]);
  });

  it('no socket may join if the setting forbids it', async () => {
    const relay = await start({ allowAnonymousClients: false });
    const [maya, peer] = [await relay.operator(1, 'Maya'), await relay.connect()];
    expect(await peer.ask('join', { role: 'client', name: 'Olga' })).toMatchObject({
      error: { code: 'unauthenticated', message: 'Authentication required' },
    });
    await relay.visitor(ANNA, 'Anna');
    await maya.settled();
    expect(maya.of('newChat')).toEqual([{ clientId: ANNA, username: 'Anna' }]);
  });
});

describe('the identity of a sender', () => {
  it('comes from the token of an operator, whatever the payloads say', async () => {
    const relay = await start();
    const [omar, anna] = [await relay.operator(2, 'Omar'), await relay.visitor(ANNA, 'Anna')];
    const maya = await relay.connect(await relay.mint(OPERATOR));
    await maya.ask('join', { role: 'client', name: 'The boss', operatorId: 99 });
    await maya.ask('operatorMessage', { to: ANNA, type: 'text', message: 'Hi', operatorId: 99, operatorName: 'The boss' });
    await maya.ask('operatorTyping', { to: ANNA, isTyping: true, operatorName: 'The boss' });
    await Promise.all([omar.settled(), anna.settled()]);
    expect(omar.of('newChat')).toHaveLength(1);
    expect(omar.of('operatorBroadcast')).toMatchObject([{ operatorId: 1, operatorName: 'Maya' }]);
    expect(anna.of('operatorMessage')).toMatchObject([{ operatorName: 'Maya' }]);
    expect(anna.of('operatorTyping')).toEqual([{ isTyping: true, operatorName: 'Maya' }]);
  });

  it('comes from the token of a visitor, which can’t become an operator', async () => {
    const relay = await start();
    const maya = await relay.operator(1, 'Maya');
    const anna = await relay.connect(await relay.mint({ role: 'client', id: 5, name: 'Anna', sessionId: ANNA }));
    await anna.ask('join', { role: 'operator', name: 'Mallory', operatorId: 1 });
    expect(await anna.ask('operatorMessage', { to: ANNA, type: 'text', message: 'Hi' })).toMatchObject({ error: { code: 'forbidden' } });
    await anna.ask('clientMessage', { type: 'text', message: 'Hi' });
    await Promise.all([maya.settled(), anna.settled()]);
    expect(maya.of('newChat')).toEqual([{ clientId: ANNA, username: 'Anna' }]);
    expect(maya.of('incomingMessage')).toMatchObject([{ from: ANNA }]);
    expect(anna.of('incomingMessage')).toEqual([]);
  });

  it('a service can’t join', async () => {
    const relay = await start();
    const service = await relay.connect(await relay.mint({ role: 'service', id: 0, name: 'web' }));
    for (const role of ['client', 'operator'])
      expect(await service.ask('join', { role, name: 'web' })).toMatchObject({ error: { code: 'forbidden' } });
    expect(await service.ask('operatorMessage', { to: ANNA, type: 'text', message: 'Hi' })).toMatchObject({
      error: { code: 'not_joined' },
    });
  });
});

it('the log contains no tokens and no texts', async () => {
  const relay = await start();
  const token = await relay.mint(OPERATOR);
  const maya = await relay.connect(token);
  await maya.ask('join', { role: 'operator' });
  await maya.ask('operatorMessage', { to: ANNA, type: 'text', message: 'canary' });
  await maya.ask('operatorMessage', { to: ANNA, type: 'text', message: { canary: 1 } });
  await expect(relay.connect(`${token}x`)).rejects.toThrow('Invalid token');
  const written = JSON.stringify(relay.log);
  expect(written).toContain('token refused');
  expect(written).not.toContain('canary');
  expect(written).not.toContain(token.slice(0, 30));
});
