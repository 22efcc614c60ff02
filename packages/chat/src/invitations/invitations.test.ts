import { randomUUID } from 'node:crypto';

import type { OperatorRole } from '@switchboard/protocol';
import { beforeAll, describe, expect, it } from 'vitest';

import { SYSTEM, type OperatorActor } from '../actor.ts';
import { changeOperator } from '../operators/change-operator.ts';
import { createOperator } from '../operators/create-operator.ts';
import { readOperator } from '../operators/list-operators.ts';
import { verifyPassword } from '../operators/password.ts';
import { removeOperator } from '../operators/remove-operator.ts';
import { chatFixture, codeOf } from '../testing/chat-fixture.ts';
import { acceptInvitation, checkInvitation } from './accept-invitation.ts';
import { createInvitation, listInvitations, revokeInvitation, type NewInvitation } from './manage-invitations.ts';
import { offerFirstAdministrator } from './offer-first-administrator.ts';

const chat = chatFixture();
const HOLDER = { kind: 'anonymous' } as const;
const PASSWORD = 'correct horse battery';

async function newAdmin(name = 'Ada'): Promise<OperatorActor> {
  const { id } = await createOperator(chat.ctx, SYSTEM, { email: `${randomUUID()}@example.org`, name, password: PASSWORD, role: 'ADMIN' });
  return { kind: 'operator', userId: id, name, role: 'ADMIN' };
}
const invite = async (by: OperatorActor, fields: NewInvitation = {}) => await createInvitation(chat.ctx, by, fields);
const accept = async (token: string, more: { email?: string; password?: string } = {}) =>
  await acceptInvitation(chat.ctx, HOLDER, { token, name: 'Ben', email: `${randomUUID()}@example.org`, password: PASSWORD, ...more });
const check = async (token: string) => await checkInvitation(chat.ctx, HOLDER, token);
/** As if it had been made this much earlier, by the clock of the database. */
const age = async (seconds: number) =>
  await chat.db.prisma.$executeRaw`UPDATE "Invitation" SET "expiresAt" = "expiresAt" - ${seconds}::int * interval '1 second'`;

// These tests come first: they need a database without operators.
describe('the link for the first administrator', () => {
  const offer = async (known?: string) => await offerFirstAdministrator(chat.ctx, SYSTEM, known);
  const tokenOf = async (known?: string) => (await offer(known))?.token ?? '';

  it('is for an administrator, and stays the same for who knows it', async () => {
    const token = await tokenOf();
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await check(token)).toEqual({ role: 'ADMIN', name: null, email: null, invitedBy: null });
    expect(await tokenOf(token)).toBe(token);
    expect(JSON.stringify(await chat.db.prisma.invitation.findMany())).not.toContain(token);
  });

  it('is replaced by a new one for who does not know it', async () => {
    const old = await tokenOf();
    const token = await tokenOf('not this one');
    expect(await codeOf(check(old))).toBe('not_found');
    expect(await check(token)).toMatchObject({ role: 'ADMIN' });
  });

  it('is one, whatever servers offer it at the same time', async () => {
    const known = await tokenOf();
    const tokens = await Promise.all(Array.from({ length: 5 }, async () => await tokenOf(known)));
    expect(new Set(tokens)).toEqual(new Set([known]));
    await Promise.all(Array.from({ length: 5 }, async () => await tokenOf()));
    expect(await chat.db.prisma.invitation.count({ where: { createdById: null, revokedAt: null } })).toBe(1);
  });

  it('works for 24 hours', async () => {
    const token = await tokenOf();
    await age(24 * 60 * 60 - 60);
    expect(await check(token)).toMatchObject({ role: 'ADMIN' });
    await age(60);
    expect(await codeOf(check(token))).toBe('not_found');
    expect(await tokenOf(token)).not.toBe(token);
  });

  it('makes one administrator of several who use it at the same time, and is void from then on', async () => {
    const token = await tokenOf();
    const codes = await Promise.all(Array.from({ length: 4 }, async () => await codeOf(accept(token))));
    expect(codes.filter((code) => code === 'resolved')).toHaveLength(1);
    expect(codes.filter((code) => code === 'conflict')).toHaveLength(3);
    expect(await chat.db.prisma.user.findMany()).toMatchObject([{ name: 'Ben', role: 'ADMIN' }]);
    expect(await codeOf(accept(token))).toBe('conflict');
    expect(await offer()).toBeUndefined();
  });

  it('is void once there is any operator', async () => {
    await chat.db.prisma.user.deleteMany();
    const token = await tokenOf();
    await chat.operator();
    await expect(accept(token)).rejects.toMatchObject({ code: 'not_found', detail: { reason: 'invitation_expired' } });
    expect(await offer(token)).toBeUndefined();
  });
});

describe('an invitation', () => {
  let admin: OperatorActor;
  beforeAll(async () => void (admin = await newAdmin()));

  it('answers its secret once, and stores only the hash', async () => {
    const { token, invitation } = await invite(admin, { role: 'SUPERVISOR', name: ' Ben ', email: 'BEN@example.org' });
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(invitation).toMatchObject({
      role: 'SUPERVISOR',
      name: 'Ben',
      email: 'ben@example.org',
      invitedBy: { id: admin.userId, name: 'Ada' },
    });
    const { prisma } = chat.db;
    const stored = JSON.stringify([await prisma.invitation.findMany(), await prisma.auditEntry.findMany()], (_key, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value,
    );
    expect(stored).not.toContain(token);
    expect(JSON.stringify(await listInvitations(chat.ctx, admin, { limit: 200 }))).not.toContain(token);
    expect(await check(token)).toEqual({ role: 'SUPERVISOR', name: 'Ben', email: 'ben@example.org', invitedBy: 'Ada' });
  });

  it.each<OperatorRole>(['OPERATOR', 'SUPERVISOR', 'ADMIN'])(
    'makes its holder an operator with the role %s and its teams',
    async (role) => {
      const [team, gone] = await Promise.all(
        ['a', 'b'].map(async () => await chat.db.prisma.team.create({ data: { name: randomUUID() } })),
      );
      const { token, invitation } = await invite(admin, { role, teamIds: [team?.id ?? 0, gone?.id ?? 0] });
      await chat.db.prisma.team.delete({ where: { id: gone?.id ?? 0 } });
      const { operatorId } = await accept(token, { email: ` Ben-${role}@example.org ` });
      expect(await readOperator(chat.ctx, admin, operatorId)).toMatchObject({
        name: 'Ben',
        email: `ben-${role.toLowerCase()}@example.org`,
        role,
        maySignIn: true,
        sessions: 0,
        teams: [{ id: team?.id }],
      });
      expect(await chat.db.prisma.team.findUnique({ where: { id: team?.id ?? 0 } })).toMatchObject({ version: 2 });
      const { password } = await chat.db.prisma.authAccount.findFirstOrThrow({ where: { userId: operatorId } });
      expect(await verifyPassword(password ?? '', PASSWORD)).toBe(true);
      const { items } = await listInvitations(chat.ctx, admin, { limit: 200 });
      expect(items.find(({ id }) => id === invitation.id)).toMatchObject({ acceptedBy: { id: operatorId, name: 'Ben' } });
      const audit = await chat.db.prisma.auditEntry.findMany({ where: { subject: `invitation:${invitation.id}` }, orderBy: { id: 'asc' } });
      expect(audit).toMatchObject([
        { action: 'invitation.created', actorId: admin.userId },
        { action: 'invitation.accepted', actorId: operatorId },
      ]);
    },
  );

  it('has one winner of several who use it at the same time; the others get a sentence and no account', async () => {
    const { token } = await invite(admin);
    const before = await chat.db.prisma.user.count();
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, async () => await accept(token)));
    const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(lost).toHaveLength(4);
    for (const error of lost) expect(error).toMatchObject({ code: 'conflict', detail: { reason: 'invitation_used' } });
    expect(await chat.db.prisma.user.count()).toBe(before + 1);
  });

  it('can still be used after an attempt with an e-mail that is taken, or a password that is too short', async () => {
    const { token } = await invite(admin);
    const { email } = await chat.db.prisma.user.findUniqueOrThrow({ where: { id: admin.userId } });
    await expect(accept(token, { email: email.toUpperCase() })).rejects.toMatchObject({ detail: { reason: 'email_taken' } });
    await expect(accept(token, { password: 'short' })).rejects.toMatchObject({ detail: { fields: { password: expect.any(String) } } });
    expect(await codeOf(accept(token))).toBe('resolved');
  });

  it('works for 7 days', async () => {
    const { token } = await invite(admin);
    await age(7 * 24 * 60 * 60 - 60);
    expect(await check(token)).toMatchObject({ invitedBy: 'Ada' });
    await age(60);
    await expect(accept(token)).rejects.toMatchObject({ code: 'not_found', detail: { reason: 'invitation_expired' } });
  });

  it('can be revoked, once, until it has been used', async () => {
    const [{ token, invitation }, used] = [await invite(admin), await invite(admin)];
    await revokeInvitation(chat.ctx, admin, invitation.id);
    await revokeInvitation(chat.ctx, admin, invitation.id);
    expect(await codeOf(accept(token))).toBe('not_found');
    const removed = { subject: `invitation:${invitation.id}`, action: 'invitation.removed' };
    expect(await chat.db.prisma.auditEntry.count({ where: removed })).toBe(1);
    await accept(used.token);
    expect(await codeOf(revokeInvitation(chat.ctx, admin, used.invitation.id))).toBe('conflict');
    for (const id of [0, 999_999, 4_000_000_000]) expect(await codeOf(revokeInvitation(chat.ctx, admin, id))).toBe('not_found');
  });

  it('is void when its inviter is no longer an administrator, or was removed', async () => {
    const [demoted, removed] = [await newAdmin(), await newAdmin()];
    const tokens = [(await invite(demoted, { role: 'ADMIN' })).token, (await invite(removed, { role: 'ADMIN' })).token];
    await changeOperator(chat.ctx, SYSTEM, { id: demoted.userId }, { role: 'SUPERVISOR' });
    await removeOperator(chat.ctx, SYSTEM, { id: removed.userId });
    for (const token of tokens) expect(await codeOf(accept(token))).toBe('not_found');
  });

  it('is for nobody whose e-mail belongs to an operator', async () => {
    const { email } = await chat.db.prisma.user.findUniqueOrThrow({ where: { id: admin.userId } });
    await expect(invite(admin, { email })).rejects.toMatchObject({ code: 'conflict', detail: { reason: 'email_taken' } });
  });

  it.each<[string, object]>([
    ['role', { role: 'KING' }],
    ['email', { email: 'nobody' }],
    ['name', { name: '\n' }],
    ['teamIds', { teamIds: [999_999] }],
  ])('refuses a wrong %s: %j', async (field, fields) => {
    await expect(invite(admin, fields)).rejects.toMatchObject({
      code: 'invalid_request',
      detail: { fields: { [field]: expect.any(String) } },
    });
  });

  it.each(['', 'x', 'x'.repeat(43)])('%j is the secret of none', async (token) => {
    await expect(accept(token)).rejects.toMatchObject({ code: 'not_found', detail: { reason: 'invitation_not_found' } });
  });
});
