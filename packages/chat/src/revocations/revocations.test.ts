import { randomUUID } from 'node:crypto';

import { expect, it } from 'vitest';

import { SYSTEM } from '../actor.ts';
import { blockVisitor } from '../visitors/block-visitor.ts';
import { createOperator } from '../operators/create-operator.ts';
import { changeOperator } from '../operators/change-operator.ts';
import { removeOperator } from '../operators/remove-operator.ts';
import { setOperatorPassword } from '../operators/set-operator-password.ts';
import { forgetRevocations, listRevocations, recordRevocation } from './revocations.ts';
import { chatFixture, codeOf, NOW } from '../testing/chat-fixture.ts';

const chat = chatFixture();
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const ago = (ms: number) => new Date(NOW.getTime() - ms);

/** The revocations of one person. */
const kept = async (role: 'client' | 'operator', id: number, now = NOW) =>
  (await listRevocations(chat.ctx, SYSTEM, now)).revocations.filter((revocation) => revocation.role === role && revocation.id === id);

it.each<[string, (email: string) => Promise<unknown>]>([
  ['gets another role', async (email) => await changeOperator(chat.ctx, SYSTEM, { email }, { role: 'ADMIN' })],
  ['gets another password', async (email) => await setOperatorPassword(chat.ctx, SYSTEM, { email }, 'another horse battery')],
  ['is removed', async (email) => await removeOperator(chat.ctx, SYSTEM, { email })],
])('an operator who %s has their relay tokens revoked in the same transaction', async (_what, change) => {
  const email = `${randomUUID()}@example.org`;
  const { id } = await createOperator(chat.ctx, SYSTEM, { email, name: 'Olga', password: 'correct horse battery' });
  expect(await kept('operator', id)).toEqual([]);
  const before = Date.now();
  await change(email);
  const [revocation, ...others] = await kept('operator', id, new Date());
  expect(others).toEqual([]);
  expect(revocation?.at.getTime()).toBeGreaterThanOrEqual(before);
});

it('a refused change revokes nothing', async () => {
  const before = await listRevocations(chat.ctx, SYSTEM, new Date());
  expect(await codeOf(removeOperator(chat.ctx, SYSTEM, { email: 'nobody@example.org' }))).toBe('not_found');
  expect(await listRevocations(chat.ctx, SYSTEM, new Date())).toEqual(before);
});

it('blocking a visitor revokes their tokens and records their address', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  await blockVisitor(chat.ctx, operator, { clientId: visitor.clientId, blocked: true });
  expect(await kept('client', visitor.clientId)).toEqual([{ role: 'client', id: visitor.clientId, at: NOW, address: visitor.sessionId }]);
});

it('the latest revocation of a person at an address counts, in whatever order they are recorded', async () => {
  const id = 1_000_001;
  await recordRevocation(chat.ctx, SYSTEM, { role: 'client', id, at: ago(1_000), address: 'socket 1' });
  await recordRevocation(chat.ctx, SYSTEM, { role: 'client', id, at: ago(2_000), address: 'socket 1' });
  await recordRevocation(chat.ctx, SYSTEM, { role: 'client', id, at: ago(500), address: 'socket 2' });
  await recordRevocation(chat.ctx, SYSTEM, { role: 'operator', id, at: ago(3_000) });
  expect(await kept('client', id)).toEqual([
    { role: 'client', id, at: ago(1_000), address: 'socket 1' },
    { role: 'client', id, at: ago(500), address: 'socket 2' },
  ]);
  expect(await kept('operator', id)).toEqual([{ role: 'operator', id, at: ago(3_000), address: null }]);
});

it('a revocation is kept as long as the longest token lives, and then deleted', async () => {
  const [living, over] = [1_000_002, 1_000_003];
  await recordRevocation(chat.ctx, SYSTEM, { role: 'operator', id: living, at: ago(DAY_MS + MINUTE_MS) });
  await recordRevocation(chat.ctx, SYSTEM, { role: 'operator', id: over, at: ago(DAY_MS + MINUTE_MS + 1) });
  expect(await kept('operator', over)).toEqual([]);
  expect(await forgetRevocations(chat.ctx, SYSTEM, NOW)).toBe(1);
  expect(await kept('operator', living)).toHaveLength(1);
  expect(await chat.db.prisma.revocation.count({ where: { subjectId: over } })).toBe(0);
});

it('lists only the revocations recorded since the last call, including those recorded again', async () => {
  const [early, late, again] = [1_000_004, 1_000_005, 1_000_006];
  for (const id of [early, again]) await recordRevocation(chat.ctx, SYSTEM, { role: 'operator', id, at: ago(5_000) });
  await chat.db.prisma.$executeRaw`UPDATE "Revocation" SET "createdAt" = now() - interval '1 hour'`;
  const { recordedUntil } = await listRevocations(chat.ctx, SYSTEM, NOW);
  const look = async () =>
    (await listRevocations(chat.ctx, SYSTEM, NOW, new Date((recordedUntil?.getTime() ?? 0) + 61_000))).revocations.map(({ id }) => id);
  expect(await look()).toEqual([]);
  // Its clock is behind: the time of recording counts.
  await recordRevocation(chat.ctx, SYSTEM, { role: 'operator', id: late, at: ago(MINUTE_MS * 30) });
  await recordRevocation(chat.ctx, SYSTEM, { role: 'operator', id: again, at: ago(1_000) });
  expect(await look()).toEqual([late, again]);
});
