import { MAX_TAGS } from '@switchboard/protocol';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { OperatorActor, VisitorActor } from '../actor.ts';
import { markDone } from '../conversations/mark-done.ts';
import { readActivity } from '../events/read-activity.ts';
import { createMessageSaver } from '../messages/saving/message-saver.ts';
import { changed, chatFixture, codeOf, NOW, text } from '../testing/chat-fixture.ts';
import { createTag } from './create-tag.ts';
import { listTags } from './list-tags.ts';
import { removeTag } from './remove-tag.ts';
import { renameTag } from './rename-tag.ts';
import { setTags } from './set-tags.ts';

const chat = chatFixture();
let olga: OperatorActor;
let ada: OperatorActor;
beforeAll(async () => {
  [olga, ada] = [await chat.operator('Olga'), await chat.operator('Ada', 'ADMIN')];
});
beforeEach(async () => {
  chat.now = NOW;
  await chat.db.prisma.tag.deleteMany();
});

const create = async (name: string) => await createTag(chat.ctx, olga, { name });
const rename = async (tagId: number, name: string, version = 1) => await renameTag(chat.ctx, ada, { tagId, name, expected: { version } });
const set = async ({ clientId }: VisitorActor, tagIds: readonly number[], expected?: { version?: number }) =>
  await setTags(chat.ctx, olga, { clientId, tagIds, expected });
async function chatting(): Promise<VisitorActor> {
  const visitor = await chat.visitor();
  await ask(visitor);
  return visitor;
}
async function ask(visitor: VisitorActor): Promise<void> {
  await createMessageSaver(chat.ctx).save(visitor, [text('Hello?')]);
}
const versionsOf = async (...visitors: readonly VisitorActor[]) =>
  await Promise.all(visitors.map(async ({ clientId }) => (await chat.client(clientId)).version));
const namesInList = async () => (await listTags(chat.ctx, olga, {})).items.map(({ name }) => name);

describe('tags', () => {
  it('are added once, however their name is written, also at the same moment', async () => {
    const all = await Promise.all(['Refund', 'REFUND', 'refund', 'Refund'].map(create));
    expect(new Set(all.map(({ id }) => id)).size).toBe(1);
    expect(await create('Straße')).not.toEqual(await create('Strasse'));
    expect(await namesInList()).toHaveLength(3);
  });

  it('are listed in pages', async () => {
    for (const name of ['c', 'a', 'b']) await create(name);
    const first = await listTags(chat.ctx, olga, { limit: 2 });
    const second = await listTags(chat.ctx, olga, { limit: 2, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...second.items].map(({ name }) => name)).toEqual(['c', 'a', 'b']);
    expect(second.nextCursor).toBeNull();
    expect(await codeOf(listTags(chat.ctx, olga, { cursor: '-1' }))).toBe('invalid_request');
  });

  it('are limited in number, also for those who add them at the same moment', async () => {
    const names = Array.from({ length: MAX_TAGS - 1 }, (_, index) => `tag ${index}`);
    await chat.db.prisma.tag.createMany({ data: names.map((name) => ({ name, nameKey: name })) });
    const codes = await Promise.all(['one', 'two', 'three'].map(async (name) => await codeOf(create(name))));
    expect(codes.filter((code) => code === 'conflict')).toHaveLength(2);
    expect(codes).toContain('resolved');
    // One that exists is still answered.
    expect(await codeOf(create('TAG 5'))).toBe('resolved');
  });
});

it('changes of tags are in the audit log, once each', async () => {
  const { id } = await create('Refund');
  await create('refund');
  await rename(id, 'Money');
  await rename(id, 'Money');
  for (const _attempt of ['first', 'again']) await removeTag(chat.ctx, ada, { tagId: id });
  const entries = await chat.db.prisma.auditEntry.findMany({ where: { subject: `tag:${id}` }, orderBy: { id: 'asc' } });
  expect(entries).toMatchObject([
    { action: 'tag.created', actorId: olga.userId, from: null, to: { name: 'Refund' } },
    { action: 'tag.changed', actorId: ada.userId, from: { name: 'Refund' }, to: { name: 'Money' } },
    { action: 'tag.removed', actorId: ada.userId, from: { name: 'Money' }, to: null },
  ]);
});

describe('renaming a tag', () => {
  it('changes its name and version, and a repeat changes nothing', async () => {
    const { id } = await create('refund');
    const renamed = { id, name: 'Refund', version: 2 };
    expect(await rename(id, 'Refund')).toEqual(renamed);
    expect(await rename(id, 'Refund')).toEqual(renamed);
    expect(await namesInList()).toEqual(['Refund']);
  });

  it('is refused for another version than the expected one, and for the name of another tag', async () => {
    const [refund, bug] = [await create('Refund'), await create('Bug')];
    await expect(rename(refund.id, 'Money', 2)).rejects.toMatchObject({ code: 'conflict', detail: { current: refund } });
    await expect(rename(refund.id, 'BUG')).rejects.toMatchObject({
      code: 'conflict',
      detail: { reason: 'tag_name_taken', current: bug },
    });
    for (const id of [0, 99_999_999, 2 ** 40]) expect(await codeOf(rename(id, 'x'))).toBe('not_found');
  });

  it('raises the versions of the conversations that have it, because their rows show the name', async () => {
    const [one, two, other] = [await chatting(), await chatting(), await chatting()];
    const [refund, bug] = [await create('Refund'), await create('Bug')];
    for (const visitor of [one, two]) await set(visitor, [refund.id]);
    await set(other, [bug.id]);
    const before = await versionsOf(one, two, other);
    await rename(refund.id, 'Money');
    expect(await versionsOf(one, two, other)).toEqual(before.map((version, index) => (index === 2 ? version : version + 1)));
  });

  it('of two renamings at the same moment one wins', async () => {
    const { id } = await create('Refund');
    const codes = await Promise.all(['one', 'two'].map(async (name) => await codeOf(rename(id, name))));
    expect(new Set(codes)).toEqual(new Set(['conflict', 'resolved']));
  });
});

describe('the tags of a conversation', () => {
  it('are those of its newest chat: setting them replaces them, and is an event with the names', async () => {
    const visitor = await chatting();
    const [refund, bug, vip] = [await create('Refund'), await create('Bug'), await create('VIP')];
    const first = await set(visitor, [refund.id, bug.id]);
    expect(first).toEqual({
      tags: [
        { id: bug.id, name: 'Bug' },
        { id: refund.id, name: 'Refund' },
      ],
      version: (await chat.client(visitor.clientId)).version,
      effects: [changed(visitor, 1, 'state', 'activity')],
    });
    expect(await set(visitor, [vip.id, bug.id])).toMatchObject({ tags: [{ name: 'Bug' }, { name: 'VIP' }] });
    const { items } = await readActivity(chat.ctx, olga, { clientId: visitor.clientId, afterActivitySeq: 1 });
    expect(items).toMatchObject([
      { kind: 'tagged', actor: { name: 'Olga' }, from: { tags: [] }, to: { tags: ['Bug', 'Refund'] } },
      { kind: 'tagged', from: { tags: ['Bug', 'Refund'] }, to: { tags: ['Bug', 'VIP'] } },
    ]);
    // The next chat begins without tags.
    await markDone(chat.ctx, olga, { clientId: visitor.clientId, done: true });
    expect(await set(visitor, [bug.id])).toMatchObject({ tags: [{ name: 'Bug' }] });
    await ask(visitor);
    expect(await set(visitor, [])).toMatchObject({ tags: [] });
    expect(await chat.db.prisma.chatTag.count({ where: { chat: { clientId: visitor.clientId } } })).toBe(1);
  });

  it('a repeat changes nothing, also one that expects an older version', async () => {
    const visitor = await chatting();
    const { id } = await create('Refund');
    const { version } = await chat.client(visitor.clientId);
    const first = await set(visitor, [id], { version });
    expect(await set(visitor, [id], { version })).toEqual(first);
    expect(await chat.client(visitor.clientId)).toMatchObject({ activitySeq: 2, version: first.version });
  });

  it('are not changed when the conversation has another version than expected', async () => {
    const visitor = await chatting();
    const [refund, bug] = [await create('Refund'), await create('Bug')];
    const { version, tags } = await set(visitor, [refund.id]);
    await expect(set(visitor, [bug.id], { version: version - 1 })).rejects.toMatchObject({
      code: 'conflict',
      detail: { reason: 'conversation_changed', current: { tags, version } },
    });
    expect(await set(visitor, [bug.id], { version })).toMatchObject({ tags: [{ name: 'Bug' }] });
  });

  it('need a chat, and tags that exist', async () => {
    const [visitor, { id }] = [await chat.visitor(), await create('Refund')];
    await expect(set(visitor, [id])).rejects.toMatchObject({ code: 'conflict', detail: { reason: 'no_chat' } });
    await ask(visitor);
    for (const missing of [99_999_999, 2 ** 40])
      await expect(set(visitor, [id, missing])).rejects.toMatchObject({
        code: 'invalid_request',
        detail: { fields: { tagIds: expect.stringContaining(String(missing)) } },
      });
    expect(await chat.db.prisma.chatTag.count({ where: { chat: { clientId: visitor.clientId } } })).toBe(0);
  });
});

describe('removing a tag', () => {
  it('takes it off every chat, and raises the versions of their conversations', async () => {
    const [one, two, other] = [await chatting(), await chatting(), await chatting()];
    const [refund, bug] = [await create('Refund'), await create('Bug')];
    for (const visitor of [one, two]) await set(visitor, [refund.id, bug.id]);
    await set(other, [bug.id]);
    const before = await versionsOf(one, two, other);
    await removeTag(chat.ctx, ada, { tagId: refund.id });
    expect(await namesInList()).toEqual(['Bug']);
    expect(await versionsOf(one, two, other)).toEqual(before.map((version, index) => (index === 2 ? version : version + 1)));
    expect(await chat.db.prisma.chatTag.count()).toBe(3);
    // A repeat, and an id that no tag has, change nothing.
    for (const tagId of [refund.id, 0, 2 ** 40]) await removeTag(chat.ctx, ada, { tagId });
    expect(await namesInList()).toEqual(['Bug']);
  });

  it('while others use it leaves no chat with it', async () => {
    const visitors = await Promise.all(Array.from({ length: 6 }, chatting));
    const { id } = await create('Refund');
    const tagging = visitors.map(async (visitor) => await codeOf(set(visitor, [id])));
    await removeTag(chat.ctx, ada, { tagId: id });
    // Those who come too late learn that there is no such tag.
    for (const code of await Promise.all(tagging)) expect(['resolved', 'invalid_request']).toContain(code);
    expect(await namesInList()).toEqual([]);
    expect(await chat.db.prisma.chatTag.count({ where: { tagId: id } })).toBe(0);
  });
});
