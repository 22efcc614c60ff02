import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import { SYSTEM } from '../actor.ts';
import { createOperator } from './create-operator.ts';
import { listOperators, removeOperator, setOperatorPassword, setOperatorRole } from './manage-operators.ts';
import { verifyPassword } from './password.ts';
import { chatFixture, codeOf, NOW } from '../testing/chat-fixture.ts';

const chat = chatFixture();

async function signedIn(name: string): Promise<{ id: number; email: string }> {
  const email = `${name}-${randomUUID()}@example.org`;
  const { id } = await createOperator(chat.ctx, SYSTEM, { email, name, password: 'correct horse battery' });
  await chat.db.prisma.authSession.create({
    data: { userId: id, token: randomUUID(), expiresAt: new Date(NOW.getTime() + 60_000) },
  });
  return { id, email };
}

const listed = async (email: string) => (await listOperators(chat.ctx, SYSTEM, NOW)).find((operator) => operator.email === email);

it('lists operators with whether they may sign in and how many browsers are signed in', async () => {
  const { id, email } = await signedIn('anna');
  expect(await listed(email)).toEqual({ id, email, name: 'anna', role: 'OPERATOR', maySignIn: true, sessions: 1 });
});

it('changes a role by e-mail, whatever its case', async () => {
  const { id, email } = await signedIn('role');
  expect(await setOperatorRole(chat.ctx, SYSTEM, ` ${email.toUpperCase()} `, 'ADMIN')).toEqual({
    id,
    effects: [{ kind: 'access revoked', role: 'operator', id, address: null }],
  });
  expect(await listed(email)).toMatchObject({ role: 'ADMIN', maySignIn: true, sessions: 1 });
});

it('sets a new password and signs the operator out everywhere', async () => {
  const { id, email } = await signedIn('password');
  await setOperatorPassword(chat.ctx, SYSTEM, email, 'another horse battery');
  const account = await chat.db.prisma.authAccount.findFirstOrThrow({ where: { userId: id } });
  expect(await verifyPassword(account.password ?? '', 'another horse battery')).toBe(true);
  expect(await listed(email)).toMatchObject({ sessions: 0 });
  expect(await codeOf(setOperatorPassword(chat.ctx, SYSTEM, email, 'short'))).toBe('invalid_request');
});

it('removes an operator whose row stays, and a new password lets them sign in again', async () => {
  const { id, email } = await signedIn('gone');
  await removeOperator(chat.ctx, SYSTEM, email);
  expect(await listed(email)).toMatchObject({ id, name: 'gone', maySignIn: false, sessions: 0 });
  await setOperatorPassword(chat.ctx, SYSTEM, email, 'another horse battery');
  expect(await listed(email)).toMatchObject({ id, maySignIn: true });
});

it('answers not_found for an unknown e-mail', async () => {
  for (const change of [
    () => setOperatorRole(chat.ctx, SYSTEM, 'nobody@example.org', 'ADMIN'),
    () => setOperatorPassword(chat.ctx, SYSTEM, 'nobody@example.org', 'correct horse battery'),
    () => removeOperator(chat.ctx, SYSTEM, 'nobody@example.org'),
  ])
    expect(await codeOf(change())).toBe('not_found');
});
