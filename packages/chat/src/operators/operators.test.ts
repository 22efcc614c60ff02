import { randomUUID } from 'node:crypto';

import type { OperatorRole } from '@switchboard/protocol';
import { describe, expect, it } from 'vitest';

import { SYSTEM, type OperatorActor } from '../actor.ts';
import { changed, chatFixture, codeOf } from '../testing/chat-fixture.ts';
import { changeOperator } from './change-operator.ts';
import { createOperator } from './create-operator.ts';
import { listOperators, readOperator } from './list-operators.ts';
import { verifyPassword } from './password.ts';
import { removeOperator } from './remove-operator.ts';
import { setOperatorPassword } from './set-operator-password.ts';

const chat = chatFixture();
const PASSWORD = 'correct horse battery';

async function signedIn(name: string, role: OperatorRole = 'OPERATOR'): Promise<{ id: number; email: string; actor: OperatorActor }> {
  const email = `${name}-${randomUUID()}@example.org`;
  const { id } = await createOperator(chat.ctx, SYSTEM, { email, name, password: PASSWORD, role });
  await chat.db.prisma.authSession.create({ data: { userId: id, token: randomUUID(), expiresAt: new Date(Date.now() + 600_000) } });
  return { id, email, actor: { kind: 'operator', userId: id, name, role } };
}

const read = async (id: number) => await readOperator(chat.ctx, SYSTEM, id);
const audited = async (id: number) =>
  await chat.db.prisma.auditEntry.findMany({ where: { subject: `operator:${id}` }, orderBy: { id: 'asc' } });

describe('the list of operators', () => {
  it('says whether they may sign in, are online and available, and which teams they are in', async () => {
    const { id, email } = await signedIn('anna');
    const { prisma } = chat.db;
    const team = await prisma.team.create({ data: { name: 'Lamps', members: { create: { userId: id, isLead: true } } } });
    const now = new Date();
    await prisma.presence.create({ data: { userId: id, isOnline: true, isAvailable: false, lastSeenAt: now, changedAt: now } });
    const { items } = await listOperators(chat.ctx, SYSTEM);
    expect(items.find((operator) => operator.id === id)).toEqual({
      id,
      email,
      name: 'anna',
      displayName: null,
      image: null,
      role: 'OPERATOR',
      capacity: null,
      isOnline: true,
      isAvailable: false,
      maySignIn: true,
      sessions: 1,
      teams: [{ id: team.id, name: 'Lamps', isLead: true }],
    });
  });

  it('shows e-mails and sessions to administrators only', async () => {
    const { id } = await signedIn('private');
    for (const role of ['OPERATOR', 'SUPERVISOR'] as const) {
      const seen = await readOperator(chat.ctx, await chat.operator('Olga', role), id);
      expect([Object.hasOwn(seen, 'email'), Object.hasOwn(seen, 'sessions')]).toEqual([false, false]);
    }
    expect(await readOperator(chat.ctx, await chat.operator('Ada', 'ADMIN'), id)).toMatchObject({ email: expect.any(String), sessions: 1 });
  });

  it('has every operator on exactly one page', async () => {
    for (let count = 0; count < 3; count += 1) await chat.operator();
    const ids: number[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await listOperators(chat.ctx, SYSTEM, { cursor, limit: 2 });
      expect(page.items.length).toBeLessThanOrEqual(2);
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(ids).toEqual((await chat.db.prisma.user.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id));
    expect(await codeOf(listOperators(chat.ctx, SYSTEM, { cursor: 'w_1_2' }))).toBe('invalid_request');
  });
});

describe('changing an operator', () => {
  it('finds them by e-mail, whatever its case', async () => {
    const { id, email } = await signedIn('role');
    expect(await changeOperator(chat.ctx, SYSTEM, { email: ` ${email.toUpperCase()} ` }, { role: 'ADMIN' })).toEqual({
      id,
      effects: [{ kind: 'access revoked', role: 'operator', id, address: null }],
    });
    expect(await read(id)).toMatchObject({ role: 'ADMIN', maySignIn: true, sessions: 1 });
  });

  it('keeps a supervisor as an operator with a flag, so that an older version can read the row', async () => {
    const { id } = await signedIn('supervisor');
    const columns = async () => await chat.db.prisma.user.findUnique({ where: { id }, select: { role: true, isSupervisor: true } });
    for (const [role, stored] of [
      ['SUPERVISOR', { role: 'OPERATOR', isSupervisor: true }],
      ['ADMIN', { role: 'ADMIN', isSupervisor: false }],
      ['OPERATOR', { role: 'OPERATOR', isSupervisor: false }],
    ] as const) {
      await changeOperator(chat.ctx, SYSTEM, { id }, { role });
      expect([await read(id), await columns()]).toMatchObject([{ role }, stored]);
    }
    // An older version has promoted a supervisor.
    await chat.db.prisma.user.update({ where: { id }, data: { role: 'ADMIN', isSupervisor: true } });
    expect(await read(id)).toMatchObject({ role: 'ADMIN' });
  });

  it('is for administrators, except that everybody may change their own names', async () => {
    const [{ id, actor }, other] = [await signedIn('own'), await signedIn('other')];
    await changeOperator(chat.ctx, actor, { id }, { name: ' Oona ', displayName: 'Oo' });
    expect(await read(id)).toMatchObject({ name: 'Oona', displayName: 'Oo' });
    for (const role of ['OPERATOR', 'SUPERVISOR'] as const)
      for (const [whose, change] of [
        [id, { role: 'ADMIN' }],
        [id, { capacity: 3 }],
        [other.id, { name: 'Eve' }],
      ] as const)
        expect(await codeOf(changeOperator(chat.ctx, { ...actor, role }, { id: whose }, change))).toBe('forbidden');
    await changeOperator(chat.ctx, await chat.operator('Ada', 'ADMIN'), { id: other.id }, { name: 'Otto', capacity: 3 });
    expect(await read(other.id)).toMatchObject({ name: 'Otto', capacity: 3 });
  });

  it('is recorded with who did it and what has changed, once', async () => {
    const { id } = await signedIn('recorded');
    const admin = await chat.operator('Ada', 'ADMIN');
    for (let time = 0; time < 2; time += 1)
      await changeOperator(chat.ctx, admin, { id }, { name: 'recorded', capacity: 5, role: 'SUPERVISOR' });
    expect(await audited(id)).toMatchObject([
      { action: 'operator.created', actorKind: 'system', actorId: null, from: null },
      {
        action: 'operator.changed',
        actorKind: 'operator',
        actorId: admin.userId,
        actorName: 'Ada',
        from: { role: 'OPERATOR', capacity: null },
        to: { role: 'SUPERVISOR', capacity: 5 },
      },
    ]);
  });

  it.each<object>([
    { name: ' ' },
    { name: 'a\u0000b' },
    { displayName: 'x'.repeat(81) },
    { capacity: -1 },
    { capacity: 1_001 },
    { role: 'KING' },
  ])('refuses %j', async (change) => {
    expect(await codeOf(changeOperator(chat.ctx, SYSTEM, { id: 1 }, change))).toBe('invalid_request');
  });
});

describe('removing an operator', () => {
  it('ends their sessions, and a new password lets them sign in again', async () => {
    const { id, email } = await signedIn('gone');
    await removeOperator(chat.ctx, SYSTEM, { email });
    expect(await read(id)).toMatchObject({ id, name: 'gone', maySignIn: false, sessions: 0, isOnline: false });
    await setOperatorPassword(chat.ctx, SYSTEM, { email }, 'another horse battery');
    expect(await read(id)).toMatchObject({ id, maySignIn: true });
  });

  it('returns their open chats to the queue, each with an event and a higher version, and leaves others’ and closed ones', async () => {
    const [{ id }, other, admin] = [await signedIn('busy'), await signedIn('colleague'), await chat.operator('Ada', 'ADMIN')];
    const [mine, closed, others] = [await chat.visitor(), await chat.visitor(), await chat.visitor()];
    const assign = async (clientId: number, assigneeId: number, chatOpenedAt: Date | null) =>
      await chat.db.prisma.client.update({ where: { id: clientId }, data: { assigneeId, chatOpenedAt } });
    const { version } = await assign(mine.clientId, id, chat.now);
    await assign(closed.clientId, id, null);
    await assign(others.clientId, other.id, chat.now);
    const { effects } = await removeOperator(chat.ctx, admin, { id });
    expect(effects).toEqual([
      { kind: 'access revoked', role: 'operator', id, address: null },
      { ...changed(mine, 0, 'state', 'activity'), formerAudience: { assigneeId: id, teamId: null } },
    ]);
    const row = await chat.client(mine.clientId);
    expect([row.assigneeId, row.version > version]).toEqual([null, true]);
    expect((await chat.client(closed.clientId)).assigneeId).toBe(id);
    expect((await chat.client(others.clientId)).assigneeId).toBe(other.id);
    expect(
      await chat.db.prisma.conversationEvent.findMany({ where: { clientId: mine.clientId }, orderBy: { activitySeq: 'desc' }, take: 1 }),
    ).toMatchObject([
      {
        kind: 'unassigned',
        actorId: admin.userId,
        from: { assigneeId: id, assigneeName: 'busy' },
        to: { assigneeId: null, assigneeName: null },
      },
    ]);
  });

  it('returns any number of chats', async () => {
    const { id } = await signedIn('popular');
    await chat.db.prisma.client.createMany({
      data: Array.from({ length: 120 }, () => ({ username: 'Vera', assigneeId: id, chatOpenedAt: chat.now })),
    });
    const { effects } = await removeOperator(chat.ctx, SYSTEM, { id });
    expect(effects).toHaveLength(121);
    expect(await chat.db.prisma.client.count({ where: { assigneeId: id } })).toBe(0);
  });
});

describe('the last administrator', () => {
  /** An administrator who can sign in: they have a password, whose value does not matter here. */
  async function admin(): Promise<OperatorActor> {
    const actor = await chat.operator('Ada', 'ADMIN');
    await chat.db.prisma.authAccount.create({ data: { userId: actor.userId, accountId: String(actor.userId), providerId: 'credential' } });
    return actor;
  }

  it('is left when two remove or demote each other at the same time', async () => {
    for (let round = 0; round < 20; round += 1) {
      await chat.db.prisma.user.updateMany({ data: { role: 'OPERATOR' } });
      const [ada, grace] = [await admin(), await admin()];
      const outcomes = await Promise.all([
        codeOf(removeOperator(chat.ctx, ada, { id: grace.userId })),
        codeOf(changeOperator(chat.ctx, grace, { id: ada.userId }, { role: 'OPERATOR' })),
      ]);
      expect(new Set(outcomes)).toEqual(new Set(['conflict', 'resolved']));
    }
  });

  it('can be removed or demoted by the command line only', async () => {
    const { prisma } = chat.db;
    await prisma.user.updateMany({ data: { role: 'OPERATOR' } });
    const left = await signedIn('ada', 'ADMIN');
    // Cannot sign in, so does not count.
    await chat.operator('Taken over', 'ADMIN');
    for (const role of ['OPERATOR', 'SUPERVISOR'] as const)
      expect(await codeOf(changeOperator(chat.ctx, left.actor, { id: left.id }, { role }))).toBe('conflict');
    expect(await codeOf(removeOperator(chat.ctx, left.actor, { id: left.id }))).toBe('conflict');
    await changeOperator(chat.ctx, left.actor, { id: left.id }, { role: 'ADMIN', name: 'Still here' });
    expect(await read(left.id)).toMatchObject({ role: 'ADMIN', maySignIn: true });
    await removeOperator(chat.ctx, SYSTEM, { id: left.id });
    expect(await read(left.id)).toMatchObject({ maySignIn: false });
  });
});

it('sets a new password and signs the operator out everywhere', async () => {
  const { id, email } = await signedIn('password');
  await setOperatorPassword(chat.ctx, SYSTEM, { email }, 'another horse battery');
  const account = await chat.db.prisma.authAccount.findFirstOrThrow({ where: { userId: id } });
  expect(await verifyPassword(account.password ?? '', 'another horse battery')).toBe(true);
  expect(await read(id)).toMatchObject({ sessions: 0 });
  expect(await codeOf(setOperatorPassword(chat.ctx, SYSTEM, { email }, 'short'))).toBe('invalid_request');
  expect((await audited(id)).at(-1)).toMatchObject({ action: 'operator.password-changed', from: null, to: null });
});

it('answers not_found for an unknown operator', async () => {
  for (const ref of [{ email: 'nobody@example.org' }, { id: 999_999 }, { id: 0 }, { id: 4_000_000_000 }]) {
    expect(await codeOf(changeOperator(chat.ctx, SYSTEM, ref, { role: 'ADMIN' }))).toBe('not_found');
    expect(await codeOf(setOperatorPassword(chat.ctx, SYSTEM, ref, PASSWORD))).toBe('not_found');
    expect(await codeOf(removeOperator(chat.ctx, SYSTEM, ref))).toBe('not_found');
  }
  for (const id of [999_999, 0, 4_000_000_000]) expect(await codeOf(readOperator(chat.ctx, SYSTEM, id))).toBe('not_found');
});
