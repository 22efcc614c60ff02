import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import type { OperatorActor } from '../actor.ts';
import type { Effect, WithEffects } from '../effects.ts';
import { changed, chatFixture, codeOf } from '../testing/chat-fixture.ts';
import { changeTeam, createTeam } from './change-team.ts';
import { listTeams } from './list-teams.ts';
import { removeTeam } from './remove-team.ts';

const chat = chatFixture();
let admin: OperatorActor;
beforeAll(async () => void (admin = await chat.operator('Ada', 'ADMIN')));

const newTeam = async (members: { operatorId: number; isLead?: boolean }[] = []) =>
  await createTeam(chat.ctx, admin, { name: `Team ${randomUUID()}`, members });
const revokedBy = (effects: readonly Effect[]) => effects.map((effect) => effect.kind === 'access revoked' && effect.id);
const withoutEffects = <T extends object>({ effects: _effects, ...rest }: WithEffects<T>) => rest;
const audited = async (id: number) =>
  await chat.db.prisma.auditEntry.findMany({ where: { subject: `team:${id}` }, orderBy: { id: 'asc' } });

describe('creating a team', () => {
  it('answers its members by name, and records it', async () => {
    const [vic, ann] = [await chat.operator('Vic'), await chat.operator('Ann')];
    const { effects, ...team } = await createTeam(chat.ctx, admin, {
      name: ' Lamps ',
      members: [{ operatorId: vic.userId, isLead: true }, { operatorId: ann.userId }],
    });
    const members = [
      { operatorId: ann.userId, name: 'Ann', isLead: false },
      { operatorId: vic.userId, name: 'Vic', isLead: true },
    ];
    expect(team).toEqual({ id: team.id, name: 'Lamps', version: 1, members });
    // The first team: the sight of everybody but administrators and supervisors is limited from now on, so they need other tokens.
    expect(revokedBy(effects)).toEqual([vic.userId, ann.userId]);
    expect((await listTeams(chat.ctx, vic)).items).toContainEqual(team);
    expect(await audited(team.id)).toMatchObject([{ action: 'team.created', actorId: admin.userId, to: { name: 'Lamps' } }]);
  });

  it('refuses a name that is taken, also for concurrent requests', async () => {
    const name = randomUUID();
    const codes = await Promise.all([createTeam(chat.ctx, admin, { name }), createTeam(chat.ctx, admin, { name })].map(codeOf));
    expect(new Set(codes)).toEqual(new Set(['resolved', 'conflict']));
    const other = await newTeam();
    const renamed = changeTeam(chat.ctx, admin, other.id, { name, expected: { version: 1 } });
    await expect(renamed).rejects.toMatchObject({ code: 'conflict', detail: { reason: 'team_name_taken', fields: { name: 'is taken' } } });
  });

  it.each<[string, object]>([
    ['name', { name: ' ' }],
    ['members', { members: [{ operatorId: 999_999 }] }],
    ['members', { members: [{ operatorId: 1 }, { operatorId: 1 }] }],
    ['members.0.operatorId', { members: [{ operatorId: 2 ** 40 }] }],
  ])('refuses wrong %s: %j', async (field, change) => {
    const made = createTeam(chat.ctx, admin, { name: randomUUID(), ...change });
    await expect(made).rejects.toMatchObject({ code: 'invalid_request', detail: { fields: { [field]: expect.any(String) } } });
  });
});

describe('changing a team', () => {
  it('replaces all members, and leaves what is left out', async () => {
    const [first, second] = [await chat.operator(), await chat.operator()];
    const team = await newTeam([{ operatorId: first.userId }]);
    const after = await changeTeam(chat.ctx, admin, team.id, { members: [{ operatorId: second.userId, isLead: true }], expected: team });
    expect(after).toMatchObject({ name: team.name, version: 2, members: [{ operatorId: second.userId, isLead: true }] });
    expect(after.members).toHaveLength(1);
    const renamed = await changeTeam(chat.ctx, admin, team.id, { name: randomUUID(), expected: after });
    expect(renamed.members).toEqual(after.members);
    expect((await audited(team.id)).map(({ action }) => action)).toEqual(['team.created', 'team.changed', 'team.changed']);
  });

  it('makes those who joined or left it ask for new relay tokens, and nobody else', async () => {
    const [stays, leaves, joins] = [await chat.operator(), await chat.operator(), await chat.operator()];
    const made = await newTeam([{ operatorId: stays.userId }, { operatorId: leaves.userId }]);
    expect(revokedBy(made.effects)).toEqual([stays.userId, leaves.userId]);
    const members = [{ operatorId: stays.userId, isLead: true }, { operatorId: joins.userId }];
    const after = await changeTeam(chat.ctx, admin, made.id, { members, expected: made });
    expect(revokedBy(after.effects)).toEqual([leaves.userId, joins.userId]);
    const concerned = { in: [leaves.userId, joins.userId] };
    expect(await chat.db.prisma.revocation.count({ where: { role: 'OPERATOR', subjectId: concerned } })).toBe(2);
    expect((await changeTeam(chat.ctx, admin, made.id, { name: randomUUID(), expected: after })).effects).toEqual([]);
  });

  it('has one winner of concurrent changes; the others get the team as it is now', async () => {
    const team = await newTeam();
    const outcomes = await Promise.allSettled(
      Array.from({ length: 5 }, async () => await changeTeam(chat.ctx, admin, team.id, { name: randomUUID(), expected: { version: 1 } })),
    );
    const [won] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [withoutEffects(outcome.value)] : []));
    const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    expect(lost).toHaveLength(4);
    for (const error of lost) expect(error).toMatchObject({ code: 'conflict', detail: { reason: 'team_changed', current: won } });
    expect(await audited(team.id)).toHaveLength(2);
  });

  it('is undone as a whole when a member is no operator', async () => {
    const member = await chat.operator();
    const team = await newTeam([{ operatorId: member.userId }]);
    const change = { name: randomUUID(), members: [{ operatorId: 999_999 }], expected: { version: 1 } };
    expect(await codeOf(changeTeam(chat.ctx, admin, team.id, change))).toBe('invalid_request');
    expect((await listTeams(chat.ctx, admin)).items.find(({ id }) => id === team.id)).toEqual(withoutEffects(team));
  });

  it('answers not_found for an unknown team', async () => {
    for (const id of [0, 999_999, 4_000_000_000]) {
      expect(await codeOf(changeTeam(chat.ctx, admin, id, { expected: { version: 1 } }))).toBe('not_found');
      expect(await codeOf(removeTeam(chat.ctx, admin, id))).toBe('not_found');
    }
  });
});

describe('removing a team', () => {
  it('takes its open conversations to no team, each with an event and a higher version, and clears the rest without', async () => {
    const team = await newTeam();
    const inbox = await chat.db.prisma.inbox.create({ data: { key: randomUUID(), name: 'Shop', teamId: team.id } });
    const [open, closed] = [await chat.visitor(), await chat.visitor()];
    await chat.db.prisma.client.update({ where: { id: open.clientId }, data: { teamId: team.id, chatOpenedAt: chat.now } });
    await chat.db.prisma.client.update({ where: { id: closed.clientId }, data: { teamId: team.id } });
    const past = await chat.db.prisma.chat.create({
      data: { clientId: closed.clientId, number: 1, firstSeq: 1, openedAt: chat.now, closedAt: chat.now, teamId: team.id },
    });
    const events = async (clientId: number) => await chat.db.prisma.conversationEvent.findMany({ where: { clientId, kind: 'unassigned' } });
    const { effects } = await removeTeam(chat.ctx, admin, team.id);
    expect(effects).toEqual([{ ...changed(open, 0, 'state', 'activity'), formerAudience: { assigneeId: null, teamId: team.id } }]);
    for (const { clientId } of [open, closed]) expect(await chat.client(clientId)).toMatchObject({ teamId: null, version: 1 });
    expect(await events(open.clientId)).toMatchObject([
      { actorId: admin.userId, from: { teamId: team.id, teamName: team.name }, to: { teamId: null, teamName: null } },
    ]);
    expect(await events(closed.clientId)).toEqual([]);
    expect(await chat.db.prisma.chat.findUnique({ where: { id: past.id } })).toMatchObject({ teamId: null });
    expect(await chat.db.prisma.inbox.findUnique({ where: { id: inbox.id } })).toMatchObject({ teamId: null, version: 2 });
    expect((await listTeams(chat.ctx, admin)).items.map(({ id }) => id)).not.toContain(team.id);
    expect((await audited(team.id)).at(-1)).toMatchObject({ action: 'team.removed', from: { name: team.name } });
  });

  it('changes any number of open conversations', async () => {
    const team = await newTeam();
    await chat.db.prisma.client.createMany({
      data: Array.from({ length: 120 }, () => ({ username: 'Vera', teamId: team.id, chatOpenedAt: chat.now })),
    });
    expect((await removeTeam(chat.ctx, admin, team.id)).effects).toHaveLength(120);
  });
});
