import { randomUUID } from 'node:crypto';

import type { InboxView } from '@switchboard/protocol';
import { beforeAll, describe, expect, it } from 'vitest';

import type { OperatorActor } from '../actor.ts';
import { chatFixture, codeOf } from '../testing/chat-fixture.ts';
import { startSession } from '../visitors/start-session.ts';
import { changeInbox, createInbox } from './change-inbox.ts';
import { listInboxes } from './list-inboxes.ts';
import { removeInbox } from './remove-inbox.ts';

const chat = chatFixture();
let admin: OperatorActor;
beforeAll(async () => void (admin = await chat.operator('Ada', 'ADMIN')));

const all = async () => (await listInboxes(chat.ctx, admin, { limit: 200 })).items;
const defaults = async () => (await all()).filter(({ isDefault }) => isDefault).map(({ id }) => id);
const currentDefault = async () => (await all()).find(({ isDefault }) => isDefault) as InboxView;
const audited = async (id: number) =>
  await chat.db.prisma.auditEntry.findMany({ where: { subject: `inbox:${id}` }, orderBy: { id: 'asc' } });

describe('inboxes', () => {
  it('there is a default one from the beginning', async () => {
    expect(await all()).toMatchObject([{ name: 'Website', isDefault: true, key: expect.stringMatching(/^[a-z0-9]{20,}$/) }]);
  });

  it('a new one has a random key, which no change of it changes', async () => {
    const [one, other] = [await createInbox(chat.ctx, admin, { name: ' Shop ' }), await createInbox(chat.ctx, admin, { name: 'Shop' })];
    expect(one).toMatchObject({ name: 'Shop', isDefault: false, teamId: null, waitingTargetSeconds: 120, version: 1 });
    expect(one.key).toMatch(/^[a-z0-9]{20,}$/);
    expect(other.key).not.toBe(one.key);
    const team = await chat.db.prisma.team.create({ data: { name: randomUUID() } });
    const after = await changeInbox(chat.ctx, admin, one.id, { teamId: team.id, waitingTargetSeconds: 30, expected: one });
    expect(after).toEqual({ ...one, teamId: team.id, waitingTargetSeconds: 30, version: 2 });
    expect(await audited(one.id)).toMatchObject([
      { action: 'inbox.created', actorId: admin.userId },
      { action: 'inbox.changed', from: { teamId: null, waitingTargetSeconds: 120 }, to: { teamId: team.id, waitingTargetSeconds: 30 } },
    ]);
  });

  it.each<[string, object]>([
    ['name', { name: ' ' }],
    ['teamId', { teamId: 999_999 }],
    ['teamId', { teamId: 2 ** 40 }],
    ['waitingTargetSeconds', { waitingTargetSeconds: 0 }],
    ['isDefault', { isDefault: false }],
  ])('refuses a wrong %s: %j', async (field, change) => {
    const made = createInbox(chat.ctx, admin, { name: 'Shop', ...change });
    await expect(made).rejects.toMatchObject({ code: 'invalid_request', detail: { fields: { [field]: expect.any(String) } } });
  });

  it('a change of an older version gets the inbox as it is now', async () => {
    const inbox = await createInbox(chat.ctx, admin, { name: 'Shop' });
    const after = await changeInbox(chat.ctx, admin, inbox.id, { name: 'Store', expected: inbox });
    const late = changeInbox(chat.ctx, admin, inbox.id, { name: 'Boutique', expected: inbox });
    await expect(late).rejects.toMatchObject({ code: 'conflict', detail: { reason: 'inbox_changed', current: after } });
  });
});

describe('the default inbox', () => {
  it('is exactly one, also when several become the default at the same time', async () => {
    const inboxes = await Promise.all(Array.from({ length: 4 }, async () => await createInbox(chat.ctx, admin, { name: 'Shop' })));
    const codes = await Promise.all([
      ...inboxes.map(async ({ id }) => await codeOf(changeInbox(chat.ctx, admin, id, { isDefault: true, expected: { version: 1 } }))),
      codeOf(createInbox(chat.ctx, admin, { name: 'Shop', isDefault: true })),
    ]);
    expect(codes).toEqual(Array.from({ length: 5 }, () => 'resolved'));
    expect(await defaults()).toHaveLength(1);
  });

  it('cannot be removed, also by somebody who removes it while it becomes the default', async () => {
    expect(await codeOf(removeInbox(chat.ctx, admin, (await currentDefault()).id))).toBe('conflict');
    const inbox = await createInbox(chat.ctx, admin, { name: 'Shop' });
    await Promise.all([
      codeOf(removeInbox(chat.ctx, admin, inbox.id)),
      codeOf(changeInbox(chat.ctx, admin, inbox.id, { isDefault: true, expected: inbox })),
    ]);
    expect(await defaults()).toHaveLength(1);
  });

  it('stays the default when it is made the default again', async () => {
    const inbox = await currentDefault();
    const after = await changeInbox(chat.ctx, admin, inbox.id, { isDefault: true, expected: inbox });
    expect(after).toEqual({ ...inbox, version: inbox.version + 1 });
  });
});

describe('the inbox of a visitor', () => {
  const start = async (inbox?: string) => await startSession(chat.ctx, { kind: 'anonymous' }, { username: 'Vera', inbox });

  it('is the one that their page names; an unknown one counts as the default, and is logged', async () => {
    const warned: object[] = [];
    const ctx = { ...chat.ctx, log: { ...chat.ctx.log, warn: (fields: object) => void warned.push(fields) } };
    const inbox = await createInbox(chat.ctx, admin, { name: 'Shop' });
    expect(await chat.client((await start(inbox.key)).clientId)).toMatchObject({ inboxId: inbox.id });
    const input = { username: 'Vera', inbox: 'no-such-key', pageUrl: 'https://shop.example/' };
    const { clientId } = await startSession(ctx, { kind: 'anonymous' }, input);
    expect(await chat.client(clientId)).toMatchObject({ inboxId: null, username: 'Vera' });
    expect(warned).toEqual([{ inbox: 'no-such-key', page: 'https://shop.example/' }]);
    expect(await chat.client((await start()).clientId)).toMatchObject({ inboxId: null });
  });

  it('does not change when they come back on a page of another one', async () => {
    const inbox = await createInbox(chat.ctx, admin, { name: 'Shop' });
    const { clientId, sessionId } = await start();
    await startSession(chat.ctx, { kind: 'visitor', clientId, sessionId }, { username: 'Vera', inbox: inbox.key });
    expect(await chat.client(clientId)).toMatchObject({ inboxId: null });
  });

  it('is the default one after theirs is removed, with a higher version', async () => {
    const inbox = await createInbox(chat.ctx, admin, { name: 'Shop' });
    const { clientId } = await start(inbox.key);
    const chatRow = await chat.db.prisma.chat.create({ data: { clientId, number: 1, firstSeq: 1, openedAt: chat.now, inboxId: inbox.id } });
    const { version } = await chat.client(clientId);
    await removeInbox(chat.ctx, admin, inbox.id);
    const after = await chat.client(clientId);
    expect([after.inboxId, after.version > version]).toEqual([null, true]);
    expect(await chat.db.prisma.chat.findUnique({ where: { id: chatRow.id } })).toMatchObject({ inboxId: null });
    expect(await codeOf(removeInbox(chat.ctx, admin, inbox.id))).toBe('not_found');
    expect((await audited(inbox.id)).at(-1)).toMatchObject({ action: 'inbox.removed', from: { key: inbox.key } });
  });

  it('may be removed while visitors begin conversations in it', async () => {
    const inbox = await createInbox(chat.ctx, admin, { name: 'Shop' });
    const codes = await Promise.all([
      codeOf(removeInbox(chat.ctx, admin, inbox.id)),
      ...Array.from({ length: 10 }, async () => await codeOf(start(inbox.key))),
    ]);
    expect(new Set(codes)).toEqual(new Set(['resolved']));
    expect(await chat.db.prisma.client.count({ where: { inboxId: inbox.id } })).toBe(0);
  });
});
