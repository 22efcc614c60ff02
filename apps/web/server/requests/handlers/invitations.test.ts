import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { FIRST_ADMINISTRATOR_FILE } from '@switchboard/config';
import { expect, it } from 'vitest';

import { ask, newOperator, ORIGIN, PASSWORD, useTestServer } from '../../testing/test-server.ts';
import { authRoute } from '../auth-route.ts';
import { acceptLink, checkLink, postInvitation } from './invitations.ts';

const server = useTestServer();

const check = async (token: string) => await checkLink(ask('POST', '/api/v1/invitations/check', { body: { token } }));
const accept = async (token: string, email: string) =>
  await acceptLink(ask('POST', '/api/v1/invitations/accept', { body: { token, name: 'Ben', email, password: PASSWORD } }));
const signIn = async (email: string) =>
  await authRoute(ask('POST', '/api/auth/sign-in/email', { headers: { origin: ORIGIN }, body: { email, password: PASSWORD } }));
const file = () => join(server.dataDir, FIRST_ADMINISTRATOR_FILE);
const link = async () => (await readFile(file(), 'utf8')).trim();

// Comes first: it needs a database without operators.
it('the first administrator’s link is in a file for this user alone, which goes when it is used', async () => {
  const { firstAdministrator } = server.services;
  await firstAdministrator.offer();
  const offered = await link();
  expect(offered).toMatch(new RegExp(`^${ORIGIN}/join#[\\w-]{43}$`));
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  // A server that starts again keeps the link that was printed.
  await firstAdministrator.offer();
  expect(await link()).toBe(offered);
  const token = offered.slice(offered.indexOf('#') + 1);
  expect(await (await check(token)).json()).toEqual({ role: 'ADMIN', name: null, email: null, invitedBy: null });
  const accepted = await accept(token, 'ada@lamps.example');
  expect([accepted.status, accepted.headers.getSetCookie()]).toEqual([200, []]);
  await expect(stat(file())).rejects.toThrow('ENOENT');
  expect((await signIn('ada@lamps.example')).status).toBe(200);
  await firstAdministrator.offer();
  await expect(stat(file())).rejects.toThrow('ENOENT');
});

it('an invited person gets an account and can sign in; the link works once', async () => {
  const admin = await newOperator(server.services, 'Grace', 'ADMIN');
  const invited = await postInvitation(
    ask('POST', '/api/v1/invitations', { headers: admin.headers, body: { role: 'SUPERVISOR', name: 'Ben' } }),
  );
  const { token, link: sent } = (await invited.json()) as { token: string; link: string };
  expect([invited.status, sent]).toEqual([201, `${ORIGIN}/join#${token}`]);
  expect(await (await check(token)).json()).toEqual({ role: 'SUPERVISOR', name: 'Ben', email: null, invitedBy: 'Grace' });
  expect((await accept(token, 'ben@lamps.example')).status).toBe(200);
  expect((await signIn('ben@lamps.example')).status).toBe(200);
  const again = await accept(token, 'eve@lamps.example');
  expect([again.status, await again.json()]).toMatchObject([409, { error: { reason: 'invitation_used' } }]);
});

it('limits how often one address can try to accept', async () => {
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 30; attempt += 1) statuses.push((await accept('no such secret', 'eve@lamps.example')).status);
  expect(new Set(statuses)).toEqual(new Set([404, 429]));
});
