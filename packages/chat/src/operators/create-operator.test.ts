import { expect, it } from 'vitest';

import { SYSTEM } from '../actor.ts';
import { createOperator } from './create-operator.ts';
import { verifyPassword } from './password.ts';
import { chatFixture, codeOf } from '../testing/chat-fixture.ts';

const chat = chatFixture();
const OLGA = { email: ' Olga@Example.ORG ', name: ' Olga ', password: 'correct horse battery' };

it('creates a user with a password', async () => {
  const { id } = await createOperator(chat.ctx, SYSTEM, OLGA);
  expect(await chat.db.prisma.user.findUnique({ where: { id } })).toMatchObject({
    email: 'olga@example.org',
    name: 'Olga',
    role: 'OPERATOR',
  });
  const [account, ...others] = await chat.db.prisma.authAccount.findMany({ where: { userId: id } });
  expect(others).toEqual([]);
  expect(account).toMatchObject({ providerId: 'credential', accountId: String(id) });
  expect(await verifyPassword(account?.password ?? '', OLGA.password)).toBe(true);
});

it('refuses a second operator with the same e-mail, whatever its case, also for concurrent requests', async () => {
  const paul = { email: 'paul@example.org', name: 'Paul', password: 'correct horse battery', role: 'ADMIN' as const };
  const codes = await Promise.all([
    codeOf(createOperator(chat.ctx, SYSTEM, paul)),
    codeOf(createOperator(chat.ctx, SYSTEM, { ...paul, email: 'PAUL@example.org' })),
  ]);
  expect(new Set(codes)).toEqual(new Set(['conflict', 'resolved']));
  const users = await chat.db.prisma.user.findMany({
    where: { email: { contains: 'paul', mode: 'insensitive' } },
    include: { accounts: true },
  });
  expect(users).toMatchObject([{ role: 'ADMIN', accounts: [{}] }]);
  await expect(createOperator(chat.ctx, SYSTEM, paul)).rejects.toMatchObject({
    code: 'conflict',
    detail: { fields: { email: 'is taken' } },
  });
});

it.each<[string, object]>([
  ['email', { email: 'nobody' }],
  ['email', { email: `${'a'.repeat(250)}@example.org` }],
  ['name', { name: '  ' }],
  ['name', { name: 'x'.repeat(81) }],
  ['name', { name: 'a\u0000b' }],
  ['password', { password: 'too short' }],
  ['password', { password: 'x'.repeat(201) }],
  ['role', { role: 'KING' }],
])('refuses a wrong %s: %j', async (field, change) => {
  const wrong = { ...OLGA, email: 'new@example.org', ...change };
  await expect(createOperator(chat.ctx, SYSTEM, wrong)).rejects.toMatchObject({
    code: 'invalid_request',
    detail: { fields: { [field]: expect.any(String) } },
  });
});
