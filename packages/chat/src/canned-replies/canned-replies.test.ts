import { MAX_CANNED_REPLIES } from '@switchboard/protocol';
import { beforeEach, describe, expect, it } from 'vitest';

import type { OperatorActor } from '../actor.ts';
import { chatFixture, codeOf, NOW } from '../testing/chat-fixture.ts';
import { changeCannedReply, type CannedReplyChange } from './change-canned-reply.ts';
import { createCannedReply, type NewCannedReply } from './create-canned-reply.ts';
import { listCannedReplies } from './list-canned-replies.ts';
import { removeCannedReply } from './remove-canned-reply.ts';

const chat = chatFixture();
let people: Record<'olga' | 'pia' | 'lead' | 'ada', OperatorActor>;
let teamId: number;
beforeEach(async () => {
  const { prisma } = chat.db;
  await prisma.cannedReply.deleteMany();
  await prisma.team.deleteMany();
  people = {
    olga: await chat.operator('Olga'),
    pia: await chat.operator('Pia'),
    lead: await chat.operator('Lea'),
    ada: await chat.operator('Ada', 'ADMIN'),
  };
  const members = [
    { userId: people.olga.userId, isLead: false },
    { userId: people.lead.userId, isLead: true },
  ];
  teamId = (await prisma.team.create({ data: { name: 'Returns', members: { create: members } } })).id;
});

const create = async (actor: OperatorActor, more: Partial<NewCannedReply> = {}) =>
  await createCannedReply(chat.ctx, actor, { shortcut: 'hi', text: 'Hello {{visitor.name}}', scope: 'own', ...more });
const change = async (actor: OperatorActor, replyId: number, more: Partial<CannedReplyChange> = {}) =>
  await changeCannedReply(chat.ctx, actor, { replyId, text: 'changed', expected: { version: 1 }, ...more });
const remove = async (actor: OperatorActor, replyId: number) => await removeCannedReply(chat.ctx, actor, { replyId });
const listed = async (actor: OperatorActor) => (await listCannedReplies(chat.ctx, actor, {})).items.map(({ id }) => id);

/** One reply of each scope: Olga's own, her team's, everybody's. */
async function oneOfEach() {
  const own = await create(people.olga);
  const team = await create(people.lead, { scope: 'team', teamId });
  const everybody = await create(people.ada, { scope: 'everybody' });
  return { own, team, everybody };
}

describe('canned replies', () => {
  it('are of an operator, of a team or of everybody, and each scope may have the same shortcut', async () => {
    const { own, team, everybody } = await oneOfEach();
    const common = { id: expect.any(Number), shortcut: 'hi', text: 'Hello {{visitor.name}}', version: 1, updatedAt: NOW.toISOString() };
    expect([own, team, everybody]).toEqual([
      { ...common, scope: 'own', teamId: null },
      { ...common, scope: 'team', teamId },
      { ...common, scope: 'everybody', teamId: null },
    ]);
  });

  it('are listed for those who may use them, and nobody else sees, changes or removes them', async () => {
    const { own, team, everybody } = await oneOfEach();
    const [olga, lead] = [await listed(people.olga), await listed(people.lead)];
    expect([olga, lead]).toEqual([
      [own.id, team.id, everybody.id],
      [team.id, everybody.id],
    ]);
    expect([await listed(people.pia), await listed(people.ada)]).toEqual([[everybody.id], [team.id, everybody.id]]);
    for (const [actor, hidden] of [
      [people.pia, own],
      [people.pia, team],
      [people.ada, own],
    ] as const) {
      expect(await codeOf(change(actor, hidden.id))).toBe('not_found');
      await remove(actor, hidden.id);
    }
    expect(await listed(people.olga)).toEqual([own.id, team.id, everybody.id]);
  });

  it('of a team are written by its leads, supervisors and administrators, those of everybody by the latter', async () => {
    const { own, team, everybody } = await oneOfEach();
    const team2 = { scope: 'team', teamId, shortcut: 'bye' } as const;
    const everybody2 = { scope: 'everybody', shortcut: 'bye' } as const;
    const codes = async (actor: OperatorActor) => [
      await codeOf(create(actor, team2)),
      await codeOf(create(actor, everybody2)),
      await codeOf(change(actor, team.id)),
      await codeOf(change(actor, everybody.id)),
    ];
    const [refused, done] = ['forbidden', 'resolved'];
    expect(await codes(people.olga)).toEqual([refused, refused, refused, refused]);
    expect(await codes(people.lead)).toEqual([done, refused, done, refused]);
    for (const actor of [await chat.operator('Sue', 'SUPERVISOR'), people.ada])
      expect(await codes(actor)).toEqual([done, done, done, done]);
    expect(await codes(people.pia)).toEqual([refused, refused, 'not_found', refused]);
    expect(await codeOf(remove(people.olga, team.id))).toBe('forbidden');
    expect(await codeOf(remove(people.lead, everybody.id))).toBe('forbidden');
    await remove(people.lead, team.id);
    await remove(people.olga, own.id);
    expect(await listed(people.olga)).not.toContain(team.id);
  });

  it('of a team that does not exist are refused: to administrators as an invalid field, to others as any foreign team', async () => {
    for (const id of [99_999_999, 2 ** 40]) {
      expect(await codeOf(create(people.ada, { scope: 'team', teamId: id }))).toBe('invalid_request');
      expect(await codeOf(create(people.lead, { scope: 'team', teamId: id }))).toBe('forbidden');
    }
  });

  it('a shortcut occurs once in a scope, also for those who add it at the same moment', async () => {
    const first = await create(people.olga);
    expect(await create(people.olga)).toEqual(first);
    await expect(create(people.olga, { text: 'Good day' })).rejects.toMatchObject({
      code: 'conflict',
      detail: { reason: 'shortcut_taken', current: first },
    });
    const codes = await Promise.all(['one', 'two', 'three'].map(async (text) => await codeOf(create(people.pia, { text }))));
    expect(codes.filter((code) => code === 'conflict')).toHaveLength(2);
    expect(codes).toContain('resolved');
  });

  it('are changed as they were seen, and a repeat changes nothing', async () => {
    const [hi, bye] = [await create(people.olga), await create(people.olga, { shortcut: 'bye' })];
    chat.now = new Date(NOW.getTime() + 1_000);
    const changed = await change(people.olga, hi.id, { text: 'Good day' });
    expect(changed).toEqual({ ...hi, text: 'Good day', version: 2, updatedAt: chat.now.toISOString() });
    chat.now = NOW;
    expect(await change(people.olga, hi.id, { text: 'Good day' })).toEqual(changed);
    await expect(change(people.olga, hi.id, { text: 'Hey' })).rejects.toMatchObject({ code: 'conflict', detail: { current: changed } });
    await expect(change(people.olga, hi.id, { shortcut: 'bye', expected: { version: 2 } })).rejects.toMatchObject({
      detail: { reason: 'shortcut_taken', current: bye },
    });
    expect(await codeOf(change(people.olga, 99_999_999))).toBe('not_found');
  });

  it('are in the audit log with each change, but own ones without their text', async () => {
    const [own, team] = [await create(people.olga), await create(people.lead, { scope: 'team', teamId })];
    await create(people.olga);
    for (const [actor, { id }] of [
      [people.olga, own],
      [people.lead, team],
    ] as const) {
      await change(actor, id);
      for (const _attempt of ['first', 'again']) await remove(actor, id);
    }
    const entries = async (id: number) =>
      (await chat.db.prisma.auditEntry.findMany({ where: { subject: `canned-reply:${id}` }, orderBy: { id: 'asc' } })).map(
        ({ action, actorId, from, to }) => [action, actorId, from, to],
      );
    const [mine, first] = [
      { shortcut: 'hi', scope: 'own' },
      { shortcut: 'hi', scope: 'team', teamId, text: 'Hello {{visitor.name}}' },
    ];
    const second = { ...first, text: 'changed' };
    const [olga, lead] = [people.olga.userId, people.lead.userId];
    expect(await entries(own.id)).toEqual([
      ['canned-reply.created', olga, null, mine],
      ['canned-reply.changed', olga, mine, mine],
      ['canned-reply.removed', olga, mine, null],
    ]);
    expect(await entries(team.id)).toEqual([
      ['canned-reply.created', lead, null, first],
      ['canned-reply.changed', lead, first, second],
      ['canned-reply.removed', lead, second, null],
    ]);
  });

  it('are listed in pages', async () => {
    for (const shortcut of ['c', 'a', 'b']) await create(people.olga, { shortcut });
    const first = await listCannedReplies(chat.ctx, people.olga, { limit: 2 });
    const second = await listCannedReplies(chat.ctx, people.olga, { limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ shortcut }) => shortcut)).toEqual(['c', 'a', 'b']);
    expect(second.nextCursor).toBeNull();
  });

  it('are limited in number', async () => {
    const data = Array.from({ length: MAX_CANNED_REPLIES }, (_, index) => ({ shortcut: `r${index}`, text: 'x', scope: 'all' }));
    await chat.db.prisma.cannedReply.createMany({ data });
    expect(await codeOf(create(people.ada, { scope: 'everybody' }))).toBe('conflict');
    expect(await codeOf(create(people.ada))).toBe('resolved');
  });
});
