import { listRevocations, recordPresence, SYSTEM } from '@switchboard/chat';
import { silentLogger } from '@switchboard/telemetry';
import { describe, expect, it, vi } from 'vitest';

import { createAuth } from '../parts/auth/auth.ts';
import { ADDRESS_HEADER } from '../parts/connections/note-addresses.ts';
import { operatorOf } from '../parts/auth/operator.ts';
import { createSlots } from '../parts/limits/slots.ts';
import { createSignInThrottle } from '../parts/auth/sign-in-throttle.ts';
import { installServices } from '../services/services.ts';
import { ask, closedLimits, newOperator, ORIGIN, PASSWORD, useTestServer } from '../testing/test-server.ts';
import { GET, POST } from '../../app/api/auth/[...all]/route.ts';

const server = useTestServer();

let addresses = 0;
/** Each call from a different address: signing in is limited per address. */
const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
  addresses += 1;
  return await POST(
    ask('POST', `/api/auth/${path}`, { headers: { origin: ORIGIN, [ADDRESS_HEADER]: `203.0.113.${addresses}`, ...headers }, body }),
  );
};
const whoIs = async (cookie: string) => (await operatorOf(server.services.auth, new Headers({ cookie }))).operator;

describe('signing in', () => {
  it('sets a cookie that scripts and other sites cannot use', async () => {
    const { email, id } = await newOperator(server.services, 'Maya');
    const response = await post('sign-in/email', { email: email.toUpperCase(), password: PASSWORD });
    expect(response.status).toBe(200);
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-switchboard_[\da-f]{8}\.session_token=/);
    expect(cookie).toMatch(/; Path=\/;/);
    expect(cookie).not.toMatch(/Domain/i);
    expect(cookie).toMatch(/; HttpOnly/);
    expect(cookie).toMatch(/; Secure/);
    expect(cookie).toMatch(/; SameSite=Lax/);
    expect(await whoIs(cookie.split(';')[0] ?? '')).toEqual({ id, name: 'Maya', email, role: 'OPERATOR' });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('makes a supervisor of an operator with that flag', async () => {
    const { cookie } = await newOperator(server.services, 'Sue', 'SUPERVISOR');
    expect(await whoIs(cookie)).toMatchObject({ role: 'SUPERVISOR' });
  });

  it('answers the session token in the cookie only', async () => {
    const { email } = await newOperator(server.services);
    const response = await post('sign-in/email', { email, password: PASSWORD });
    const [cookie = ''] = response.headers.getSetCookie();
    const token = decodeURIComponent(/=([^;.]+)/.exec(cookie)?.[1] ?? '');
    expect(token.length).toBeGreaterThan(20);
    const body = await response.text();
    expect(body).toContain(email);
    expect(body).not.toContain(token);
  });

  it('answers a wrong password and an unknown e-mail the same way', async () => {
    const { email } = await newOperator(server.services);
    const wrong = await post('sign-in/email', { email, password: 'not the password' });
    const unknown = await post('sign-in/email', { email: 'nobody@lamps.example', password: 'not the password' });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(await wrong.text()).toBe(await unknown.text());
    expect(wrong.headers.getSetCookie()).toEqual([]);
  });

  it('is limited per account and address, so that guessing one password locks out nobody else in the same office', async () => {
    const from = { [ADDRESS_HEADER]: '198.51.100.254' };
    const signIn = async (email: string, headers: Record<string, string>) => await post('sign-in/email', { email, password: 'x' }, headers);
    const guesses: number[] = [];
    for (let guess = 0; guess < 11; guess += 1) guesses.push((await signIn('Boss@lamps.example', from)).status);
    expect(guesses).toEqual([401, 401, 401, 401, 401, 401, 401, 401, 401, 401, 429]);
    const refused = await signIn('boss@lamps.example', from);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await signIn('clerk@lamps.example', from)).status).toBe(401);
    expect((await signIn('boss@lamps.example', { [ADDRESS_HEADER]: '198.51.100.253' })).status).toBe(401);
  });

  it('is limited per account and network, however many addresses the network has', async () => {
    const guess = async (address: string) =>
      (await post('sign-in/email', { email: 'chief@lamps.example', password: 'x' }, { [ADDRESS_HEADER]: address })).status;
    const statuses: number[] = [];
    for (let subnet = 1; subnet <= 11; subnet += 1) statuses.push(await guess(`2001:db8:7:${subnet.toString(16)}::1`));
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
    expect(await guess('2001:db8:8:1::1')).toBe(401);
  });

  it('is slowed down for an account from all addresses but those where it has signed in recently', async () => {
    const { email } = await newOperator(server.services);
    const home = { [ADDRESS_HEADER]: '198.18.0.1' };
    expect((await post('sign-in/email', { email, password: PASSWORD }, home)).status).toBe(200);
    const waits: number[] = [];
    const wait = async (ms: number) => await Promise.resolve(void waits.push(ms));
    installServices({ ...server.services, signInThrottle: createSignInThrottle({ now: () => 0, wait }) });
    const statuses: number[] = [];
    // Each from a different address.
    for (let guess = 0; guess < 16; guess += 1) statuses.push((await post('sign-in/email', { email, password: 'a guess' })).status);
    const [attacked, away] = [[...waits], waits.length];
    const atHome = await post('sign-in/email', { email: email.toUpperCase(), password: PASSWORD }, home);
    const quiet = waits.length === away;
    installServices(server.services);
    expect(attacked.slice(0, 3)).toEqual([250, 750, 1_750]);
    expect(new Set(statuses)).toEqual(new Set([401, 429]));
    expect(statuses.slice(0, 10).every((status) => status === 401)).toBe(true);
    expect([atHome.status, quiet]).toEqual([200, true]);
  });

  it('is limited per address over all accounts', async () => {
    const from = { [ADDRESS_HEADER]: '198.51.100.252' };
    const guess = async (count: number) =>
      (await post('sign-in/email', { email: `guess${count}@lamps.example`, password: 'x' }, from)).status;
    let count = 0;
    // Sixty per minute; a slow machine may reach into the next minute.
    while ((await guess(count)) === 401) count += 1;
    expect(count).toBeGreaterThanOrEqual(60);
    expect(await guess(count)).toBe(429);
  });

  it('is refused as retryable while the maximum number of passwords is being checked', async () => {
    const { email } = await newOperator(server.services);
    installServices({ ...server.services, passwordChecks: createSlots(0) });
    const refused = await post('sign-in/email', { email, password: PASSWORD });
    installServices(server.services);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '2']);
    const later = await post('sign-in/email', { email, password: PASSWORD });
    expect(later.status).toBe(200);
  });

  it('works from pages of this system only', async () => {
    const { email } = await newOperator(server.services);
    const credentials = { email, password: PASSWORD };
    expect((await post('sign-in/email', credentials, { origin: 'https://help.example' })).status).toBe(200);
    for (const origin of ['https://evil.example', 'null', '']) {
      const refused = await post('sign-in/email', credentials, { origin });
      expect(refused.status).toBe(403);
      // The answer names the address that works, so that the form can link to it.
      expect(await refused.json()).toMatchObject({ error: { code: 'forbidden', fields: { origin: ORIGIN } } });
    }
    expect((await post('sign-in/email', credentials, { origin: 'https://chat.example.evil.example' })).status).toBe(403);
    // Another name of this server, as a browser sends it.
    const named = await post('sign-in/email', credentials, { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-origin' });
    expect(named.status).toBe(403);
    expect(await named.json()).toMatchObject({ error: { code: 'forbidden', fields: { origin: ORIGIN } } });
  });
});

describe('the cookie', () => {
  const valueOf = (cookie: string) => cookie.slice(cookie.indexOf('=') + 1);
  const expiry = async (userId: number) =>
    (await server.services.db.prisma.authSession.findFirstOrThrow({ where: { userId } })).expiresAt.getTime();

  it('has a different name in another installation on the same host', async () => {
    const nameWith = async (jwtSecret: string, frontendOrigin: string) => {
      const config = {
        ...server.services.config,
        jwtSecrets: [jwtSecret] as const,
        https: false,
        frontendOrigins: [frontendOrigin] as const,
      };
      return (await createAuth(config, server.services.db, silentLogger).$context).authCookies.sessionToken.name;
    };
    const [one, other] = [
      await nameWith('the secret of the one installation, long', 'http://localhost:3000'),
      await nameWith('the secret of the other installation, long', 'http://localhost:3010'),
    ];
    expect(one).toMatch(/^switchboard_[\da-f]{8}\.session_token$/);
    expect(other).not.toBe(one);
  });

  it('with an older name is accepted until the session ends', async () => {
    const { cookie, email } = await newOperator(server.services);
    const old = `other=1; __Secure-switchboard.session_token=${valueOf(cookie)}`;
    expect(await whoIs(old)).toMatchObject({ email });
    expect((await post('sign-out', {}, { cookie: old })).status).toBe(200);
    expect([await whoIs(old), await whoIs(cookie)]).toEqual([undefined, undefined]);
  });

  it('lives as long as its session, and a page that cannot set cookies does not prolong the session', async () => {
    const { cookie, id } = await newOperator(server.services);
    const soon = new Date(Date.now() + 2 * 24 * 60 * 60 * 1000);
    await server.services.db.prisma.authSession.updateMany({ where: { userId: id }, data: { expiresAt: soon } });
    const headers = new Headers({ cookie });
    expect((await operatorOf(server.services.auth, headers, { prolong: false })).setCookies).toEqual([]);
    expect(await expiry(id)).toBe(soon.getTime());
    const { setCookies } = await operatorOf(server.services.auth, headers);
    expect(setCookies).toHaveLength(1);
    expect(await expiry(id)).toBeGreaterThan(soon.getTime());
  });
});

describe('signing out', () => {
  it('ends the session at once', async () => {
    const { cookie } = await newOperator(server.services);
    expect(await whoIs(cookie)).toBeDefined();
    expect((await post('sign-out', {}, { cookie })).status).toBe(200);
    expect(await whoIs(cookie)).toBeUndefined();
  });

  it('sets the operator offline at once', async () => {
    const { cookie, id } = await newOperator(server.services);
    await recordPresence(server.services.chat, { kind: 'operator', userId: id, name: 'Maya', role: 'OPERATOR' }, {});
    await post('sign-out', {}, { cookie });
    expect(await server.services.db.prisma.presence.findUnique({ where: { userId: id } })).toMatchObject({ isOnline: false });
  });

  it.each([
    ['sign-out', {}],
    ['revoke-other-sessions', {}],
    ['change-password', { currentPassword: PASSWORD, newPassword: `${PASSWORD}, new` }],
  ])('%s ends the connections to the relay', async (path, body) => {
    const { cookie, id } = await newOperator(server.services);
    const revoke = vi.spyOn(server.services.revocations, 'revoke');
    expect((await post(path, body, { cookie })).status).toBe(200);
    expect(revoke.mock.calls).toEqual([[{ role: 'operator', id }]]);
    expect((await listRevocations(server.services.chat, SYSTEM, new Date())).revocations.filter((kept) => kept.id === id)).toHaveLength(1);
    revoke.mockClear();
    await post(path, body, { cookie: 'switchboard.session_token=forged' });
    expect(revoke).not.toHaveBeenCalled();
    revoke.mockRestore();
  });
});

it('a new password ends every other session, whatever the request says', async () => {
  const { email, cookie } = await newOperator(server.services);
  const elsewhere = await post('sign-in/email', { email, password: PASSWORD });
  const other = elsewhere.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const body = { currentPassword: PASSWORD, newPassword: `${PASSWORD}, new`, revokeOtherSessions: false };
  const changed = await post('change-password', body, { cookie });
  expect(changed.status).toBe(200);
  expect(await whoIs(other)).toBeUndefined();
  expect(await whoIs(cookie)).toBeUndefined();
  const fresh = changed.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  expect(await whoIs(fresh)).toMatchObject({ email });
});

it.each(['sign-in/email', 'sign-out', 'revoke-other-sessions', 'change-password'])('%s is rate limited', async (path) => {
  const { cookie } = await newOperator(server.services);
  installServices({ ...server.services, limits: closedLimits() });
  const { status } = await post(path, { email: 'maya@lamps.example', password: PASSWORD }, { cookie });
  installServices(server.services);
  expect(status).toBe(429);
});

it('the current password cannot be guessed with a session', async () => {
  const { cookie } = await newOperator(server.services);
  const guess = async () =>
    (await post('change-password', { currentPassword: 'a guess', newPassword: 'something quite else' }, { cookie })).status;
  const statuses: number[] = [];
  for (let turn = 0; turn < 11; turn += 1) statuses.push(await guess());
  expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 400));
  expect(statuses.at(-1)).toBe(429);
});

describe('an endpoint that is not offered', () => {
  it.each([
    'sign-up/email',
    'update-user',
    'delete-user',
    'sign-in/social',
    'request-password-reset',
    'set-password',
    '../chat/token',
    'error',
  ])('%s', async (path) => {
    const { cookie } = await newOperator(server.services);
    const body = { email: 'new@lamps.example', password: PASSWORD, name: 'New', role: 'ADMIN' };
    expect((await post(path, body, { cookie })).status).toBe(404);
    expect((await GET(ask('GET', `/api/auth/${path}`, { headers: { cookie } }))).status).toBe(404);
  });

  it('an account or role cannot be set by the operator', async () => {
    expect(await server.services.db.prisma.user.count({ where: { email: 'new@lamps.example' } })).toBe(0);
    expect(await server.services.db.prisma.user.count({ where: { OR: [{ role: 'ADMIN' }, { isSupervisor: true, name: 'New' }] } })).toBe(0);
  });
});
