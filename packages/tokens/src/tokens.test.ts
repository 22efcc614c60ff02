import { base64url, SignJWT, UnsecuredJWT } from 'jose';
import { describe, expect, it } from 'vitest';

import { createTokens, InvalidTokenError, type Tokens } from './index.ts';

const SECRET = 'a'.repeat(32);
const sessionId = '018f4a6e-7b1c-4d7e-9a51-0c7b8a9d1e2f';
const visitor = { role: 'client', id: 7, name: 'Ana', sessionId } as const;
const key = new TextEncoder().encode(SECRET);
const start = Date.UTC(2026, 0, 1);

async function sign(claims: Record<string, unknown>, header: { alg: string }, signingKey = key): Promise<string> {
  return await new SignJWT(claims).setProtectedHeader(header).sign(signingKey);
}

describe('relay tokens', () => {
  it('carry the claims they were minted with', async () => {
    const tokens = createTokens([SECRET]);
    const { token } = await tokens.mintRelayToken(visitor);
    expect(await tokens.verifyRelayToken(token)).toMatchObject(visitor);
  });

  it('state when they were minted and when they expire', async () => {
    const { token } = await createTokens([SECRET], () => start).mintRelayToken(visitor);
    const { issuedAt, expiresAt } = await createTokens([SECRET], () => start).verifyRelayToken(token);
    expect({ issuedAt, expiresAt }).toEqual({ issuedAt: start / 1000, expiresAt: start / 1000 + 24 * 60 * 60 });
  });

  it.each([
    ['operator', 10 * 60, { role: 'operator', id: 1, name: 'Bo' }],
    ['client', 24 * 60 * 60, visitor],
  ] as const)('of an %s expire %i s after minting, with 60 s of clock tolerance', async (_role, lifetime, claims) => {
    let now = start;
    const tokens = createTokens([SECRET], () => now);
    const { token, expiresAt } = await tokens.mintRelayToken(claims);
    expect(expiresAt).toBe(new Date(start + lifetime * 1000).toISOString());
    now = start + (lifetime + 59) * 1000;
    await expect(tokens.verifyRelayToken(token)).resolves.toMatchObject(claims);
    now = start + (lifetime + 61) * 1000;
    await expect(tokens.verifyRelayToken(token)).rejects.toThrow(InvalidTokenError);
  });

  it('are refused when forged, unsigned, signed with another algorithm, without an expiry, or for another audience', async () => {
    const tokens = createTokens([SECRET]);
    const exp = Math.floor(Date.now() / 1000) + 60;
    const good = { ...visitor, aud: 'relay', exp };
    await expect(tokens.verifyRelayToken(await sign(good, { alg: 'HS256' }))).resolves.toMatchObject(visitor);
    const bad = {
      forged: await sign(good, { alg: 'HS256' }, new TextEncoder().encode('b'.repeat(32))),
      unsigned: new UnsecuredJWT(good).setAudience('relay').encode(),
      otherAlgorithm: await sign(good, { alg: 'HS512' }),
      endless: await sign({ ...visitor, aud: 'relay' }, { alg: 'HS256' }),
      noAudience: await sign({ ...visitor, exp }, { alg: 'HS256' }),
      noSession: await sign({ ...good, sessionId: undefined }, { alg: 'HS256' }),
      textId: await sign({ ...good, id: '7' }, { alg: 'HS256' }),
      unknownRole: await sign({ ...good, role: 'admin' }, { alg: 'HS256' }),
      resume: (await tokens.mintResumeToken({ clientId: 7, sessionId })).token,
      changed: (await sign(good, { alg: 'HS256' })).replace(
        /\.[^.]+\./,
        `.${base64url.encode(JSON.stringify({ ...good, role: 'operator' }))}.`,
      ),
      nonsense: 'nonsense',
      empty: '',
    };
    for (const [kind, token] of Object.entries(bad)) await expect(tokens.verifyRelayToken(token), kind).rejects.toThrow(InvalidTokenError);
  });
});

describe('resume tokens', () => {
  it('are not accepted as relay tokens, nor relay tokens as resume tokens', async () => {
    const tokens = createTokens([SECRET]);
    const resume = await tokens.mintResumeToken({ clientId: 7, sessionId });
    expect(await tokens.verifyResumeToken(resume.token)).toEqual({ clientId: 7, sessionId, until: expect.any(Number) });
    const relay = await tokens.mintRelayToken(visitor);
    await expect(tokens.verifyResumeToken(relay.token)).rejects.toThrow(InvalidTokenError);
  });
});

describe('the absolute expiry of a visitor’s tokens', () => {
  const DAY_S = 24 * 60 * 60;

  it('is 90 days after the first one, however often they are renewed', async () => {
    let now = start;
    const tokens = createTokens([SECRET], () => now);
    let { token, expiresAt } = await tokens.mintRelayToken(visitor);
    const { until, ...first } = await claimsOf(tokens, token);
    expect(first).toMatchObject(visitor);
    expect(until).toBe(start / 1_000 + 90 * DAY_S);
    for (let day = 0.9; day < 89.5; day += 0.9) {
      now = start + day * DAY_S * 1_000;
      ({ token, expiresAt } = await tokens.mintRelayToken(await claimsOf(tokens, token)));
      expect((await claimsOf(tokens, token)).until).toBe(until);
    }
    expect(Date.parse(expiresAt)).toBe(start + 90 * DAY_S * 1_000);
    now = start + 90 * DAY_S * 1_000;
    await expect(tokens.mintRelayToken(await claimsOf(tokens, token))).rejects.toThrow(InvalidTokenError);
  });

  it('is carried over from the resume token to the relay token and back', async () => {
    let now = start;
    const tokens = createTokens([SECRET], () => now);
    const { token: resumeToken } = await tokens.mintResumeToken({ clientId: 7, sessionId });
    const { until } = await tokens.verifyResumeToken(resumeToken);
    now += 89.5 * DAY_S * 1_000;
    const again = await tokens.mintResumeToken({ clientId: 7, sessionId, until });
    const relay = await tokens.mintRelayToken({ ...visitor, until });
    expect([again.expiresAt, relay.expiresAt]).toEqual(Array.from({ length: 2 }, () => new Date(start + 90 * DAY_S * 1_000).toISOString()));
  });
});

/** The claims of a visitor's token that a renewal carries over. */
async function claimsOf(tokens: Tokens, token: string) {
  const claims = await tokens.verifyRelayToken(token);
  if (claims.role !== 'client') throw new Error('This is not a visitor’s token.');
  return claims;
}

describe('secrets', () => {
  it('can be rotated: the old one still verifies, the new one signs', async () => {
    const before = createTokens([SECRET]);
    const changed = createTokens(['c'.repeat(32), SECRET]);
    const after = createTokens(['c'.repeat(32)]);
    await expect(changed.verifyRelayToken((await before.mintRelayToken(visitor)).token)).resolves.toMatchObject(visitor);
    await expect(after.verifyRelayToken((await changed.mintRelayToken(visitor)).token)).resolves.toMatchObject(visitor);
    await expect(after.verifyRelayToken((await before.mintRelayToken(visitor)).token)).rejects.toThrow(InvalidTokenError);
  });

  it('under 32 bytes are refused', () => {
    expect(() => createTokens(['short'])).toThrow(/32 bytes/);
  });
});
