import { randomUUID } from 'node:crypto';

import { beforeEach, describe, expect, it } from 'vitest';

import type { OperatorActor, VisitorActor } from '../actor.ts';
import { endChat } from '../conversations/end-chat.ts';
import { readActivity } from '../events/read-activity.ts';
import { createMessageSaver } from '../messages/saving/message-saver.ts';
import { readPage } from '../messages/read-page.ts';
import { changed, chatFixture, codeOf, NOW, text } from '../testing/chat-fixture.ts';
import { blockVisitor } from '../visitors/block-visitor.ts';
import { addNote, type NewNote } from './add-note.ts';
import { deleteNote } from './delete-note.ts';
import { editNote } from './edit-note.ts';
import { listNotes } from './list-notes.ts';
import { markMentionsSeen } from './mark-mentions-seen.ts';

const chat = chatFixture();
let visitor: VisitorActor;
let olga: OperatorActor;
let pia: OperatorActor;
beforeEach(async () => {
  chat.now = NOW;
  visitor = await chat.visitor();
  [olga, pia] = [await chat.operator('Olga'), await chat.operator('Pia')];
});

const add = async (more: Partial<NewNote> = {}, author: OperatorActor = olga) =>
  await addNote(chat.ctx, author, { clientId: visitor.clientId, noteKey: randomUUID(), text: 'They want a lamp.', ...more });
const edit = async (noteId: number, words: string, { version = 1, mentions = [] as number[], author = olga } = {}) =>
  await editNote(chat.ctx, author, { noteId, text: words, mentions, expected: { version } });
const mentionsOf = async (noteId: number) =>
  (await chat.db.prisma.mention.findMany({ where: { noteId }, orderBy: { userId: 'asc' } })).map(({ userId, activitySeq, seenAt }) => ({
    userId,
    activitySeq,
    seenAt,
  }));
const kinds = async () =>
  (await readActivity(chat.ctx, olga, { clientId: visitor.clientId })).items.map((item) => (item.type === 'note' ? 'note' : item.kind));

describe('adding a note', () => {
  it('numbers it with the events of the conversation, and never with its messages', async () => {
    await createMessageSaver(chat.ctx).save(visitor, [text('Hello?')]);
    await blockVisitor(chat.ctx, olga, { clientId: visitor.clientId, blocked: true });
    const noteKey = randomUUID();
    const { note, effects } = await add({ noteKey });
    const { chatNumber } = await chat.client(visitor.clientId);
    expect(note).toEqual({
      id: expect.any(Number),
      noteKey,
      clientId: visitor.clientId,
      activitySeq: 3,
      chatNumber,
      author: { id: olga.userId, name: 'Olga' },
      text: 'They want a lamp.',
      mentions: [],
      createdAt: NOW.toISOString(),
      editedAt: null,
      deletedAt: null,
      version: 1,
    });
    expect(effects).toEqual([changed(visitor, 1, 'activity')]);
    expect(await kinds()).toEqual(['started', 'blocked', 'note']);
    expect(await readPage(chat.ctx, olga, { clientId: visitor.clientId, limit: 10 })).toMatchObject({ lastSeq: 1 });
  });

  it('is possible while the visitor is blocked and after the chat has ended, by either side', async () => {
    await blockVisitor(chat.ctx, olga, { clientId: visitor.clientId, blocked: true });
    expect(await codeOf(add())).toBe('resolved');
    await blockVisitor(chat.ctx, olga, { clientId: visitor.clientId, blocked: false });
    await endChat(chat.ctx, olga, { clientId: visitor.clientId });
    expect(await codeOf(add())).toBe('resolved');
    await endChat(chat.ctx, visitor);
    expect(await codeOf(add())).toBe('resolved');
  });

  it('a repeat answers the first note as it is now, and changes nothing', async () => {
    const noteKey = randomUUID();
    const { note } = await add({ noteKey });
    const { note: edited } = await edit(note.id, 'Two lamps.');
    const { version } = await chat.client(visitor.clientId);
    expect(await add({ noteKey, text: 'something else' })).toEqual({ note: edited, effects: [changed(visitor, 0, 'activity')] });
    expect((await chat.client(visitor.clientId)).version).toBe(version);
    // In another conversation it is another note.
    const other = await chat.visitor();
    expect((await add({ noteKey, clientId: other.clientId })).note.id).not.toBe(note.id);
  });

  it('repeats at the same moment make one note', async () => {
    const noteKey = randomUUID();
    const all = await Promise.all(Array.from({ length: 8 }, async () => await add({ noteKey })));
    expect(new Set(all.map(({ note }) => note.id)).size).toBe(1);
    expect(await kinds()).toEqual(['started', 'note']);
  });

  it('the key of another operator’s note is a conflict', async () => {
    const noteKey = randomUUID();
    await add({ noteKey });
    expect(await codeOf(add({ noteKey }, pia))).toBe('conflict');
  });
});

describe('changing a note', () => {
  it('only its author can, and only the version that they have seen', async () => {
    const { note } = await add();
    expect(await codeOf(edit(note.id, 'Mine', { author: pia }))).toBe('forbidden');
    expect(await codeOf(edit(note.id, 'Mine', { author: await chat.operator('Ada', 'ADMIN') }))).toBe('forbidden');
    chat.now = new Date(NOW.getTime() + 1_000);
    const { note: edited, effects } = await edit(note.id, 'Two lamps.');
    expect(edited).toEqual({ ...note, text: 'Two lamps.', editedAt: chat.now.toISOString(), version: 2 });
    expect(effects).toEqual([changed(visitor, 0, 'activity')]);
    await expect(edit(note.id, 'Three lamps.', { version: 1 })).rejects.toMatchObject({
      code: 'conflict',
      detail: { reason: 'note_changed', current: edited },
    });
    expect(await kinds()).toEqual(['started', 'note', 'note_edited']);
  });

  it('of two changes at the same moment one wins, and the other learns of it', async () => {
    const { note } = await add();
    const all = await Promise.allSettled(['one', 'two', 'three'].map(async (words) => await edit(note.id, words)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await kinds()).toEqual(['started', 'note', 'note_edited']);
  });

  it('a repeat changes nothing', async () => {
    const { note } = await add();
    const first = await edit(note.id, 'Two lamps.', { mentions: [pia.userId] });
    expect(await edit(note.id, 'Two lamps.', { mentions: [pia.userId] })).toEqual(first);
    expect(await kinds()).toEqual(['started', 'note', 'note_edited']);
  });

  it.each([0, -1, 99_999_999, 2 ** 40])('the note %i does not exist', async (noteId) => {
    expect(await codeOf(edit(noteId, 'x'))).toBe('not_found');
    expect(await codeOf(deleteNote(chat.ctx, olga, { noteId }))).toBe('not_found');
  });
});

describe('deleting a note', () => {
  it('its author, supervisors and administrators can; its text and mentions go, its number stays', async () => {
    for (const actor of [olga, await chat.operator('Ada', 'ADMIN'), await chat.operator('Sue', 'SUPERVISOR')]) {
      const { note } = await add({ mentions: [pia.userId] });
      expect(await codeOf(deleteNote(chat.ctx, pia, { noteId: note.id }))).toBe('forbidden');
      const { note: deleted, effects } = await deleteNote(chat.ctx, actor, { noteId: note.id });
      expect(deleted).toEqual({ ...note, text: '', mentions: [], deletedAt: NOW.toISOString(), version: 2 });
      expect(effects).toEqual([changed(visitor, 0, 'activity')]);
      expect(await mentionsOf(note.id)).toEqual([]);
      // A repeat changes nothing, and nobody can write in it again.
      expect((await deleteNote(chat.ctx, actor, { noteId: note.id })).note).toEqual(deleted);
      expect(await codeOf(edit(note.id, 'back', { version: 2 }))).toBe('conflict');
      expect(await codeOf(edit(note.id, '', { version: 2 }))).toBe('conflict');
    }
    expect(await kinds()).toEqual(['started', 'note', 'note_deleted', 'note', 'note_deleted', 'note', 'note_deleted']);
  });
});

describe('the list of notes', () => {
  it('has those that are not deleted, newest first, in pages', async () => {
    const notes = [(await add()).note, (await add()).note, (await add()).note, (await add()).note];
    await deleteNote(chat.ctx, olga, { noteId: notes[2]!.id });
    const { clientId } = visitor;
    const first = await listNotes(chat.ctx, pia, { clientId, limit: 2 });
    expect(first).toEqual({ items: [notes[3], notes[1]], nextCursor: expect.any(String) });
    const second = await listNotes(chat.ctx, pia, { clientId, limit: 2, cursor: first.nextCursor ?? '' });
    expect(second).toEqual({ items: [notes[0]], nextCursor: null });
    expect(await codeOf(listNotes(chat.ctx, pia, { clientId, cursor: 'x' }))).toBe('invalid_request');
    expect(await codeOf(listNotes(chat.ctx, pia, { clientId: 99_999_999 }))).toBe('not_found');
  });
});

describe('mentions', () => {
  it('are refused for ids that are no operator’s', async () => {
    await expect(add({ mentions: [pia.userId, 99_999_999] })).rejects.toMatchObject({
      code: 'invalid_request',
      detail: { fields: { mentions: expect.stringContaining('99999999') } },
    });
    const { note } = await add();
    expect(await codeOf(edit(note.id, 'x', { mentions: [99_999_999] }))).toBe('invalid_request');
    expect(await kinds()).toEqual(['started', 'note']);
  });

  it('are refused for operators who do not see the conversation, whose notes they can’t reach', async () => {
    const { prisma } = chat.db;
    const { id: teamId } = await prisma.team.create({ data: { name: randomUUID(), members: { create: { userId: olga.userId } } } });
    const { note } = await add({ mentions: [pia.userId] });
    await prisma.client.update({ where: { id: visitor.clientId }, data: { teamId } });
    await expect(add({ mentions: [olga.userId, pia.userId] })).rejects.toMatchObject({
      code: 'invalid_request',
      detail: { fields: { mentions: expect.stringContaining(String(pia.userId)) } },
    });
    const [ada, sue] = [await chat.operator('Ada', 'ADMIN'), await chat.operator('Sue', 'SUPERVISOR')];
    expect(await codeOf(add({ mentions: [olga.userId, ada.userId, sue.userId] }))).toBe('resolved');
    const { clientId } = visitor;
    const attempts: (() => Promise<unknown>)[] = [
      async () => await add({}, pia),
      async () => await edit(note.id, 'x', { author: pia }),
      async () => await deleteNote(chat.ctx, pia, { noteId: note.id }),
      async () => await listNotes(chat.ctx, pia, { clientId }),
      async () => await readActivity(chat.ctx, pia, { clientId }),
      async () => await markMentionsSeen(chat.ctx, pia, { clientId, upToActivitySeq: 9 }),
    ];
    for (const attempt of attempts) expect(await codeOf(attempt())).toBe('not_found');
    // Not even that there is such a note.
    await expect(deleteNote(chat.ctx, pia, { noteId: note.id })).rejects.toMatchObject({ detail: { reason: 'note_not_found' } });
  });

  it('of a changed note: new ones are added with the number of the change, and dropped ones are removed', async () => {
    const { note } = await add({ mentions: [pia.userId, olga.userId] });
    expect(await mentionsOf(note.id)).toEqual([olga, pia].map(({ userId }) => ({ userId, activitySeq: 2, seenAt: null })));
    await markMentionsSeen(chat.ctx, pia, { clientId: visitor.clientId, upToActivitySeq: 2 });
    const quin = await chat.operator('Quin');
    const { note: edited } = await edit(note.id, 'x', { mentions: [quin.userId, pia.userId] });
    expect(edited.mentions).toEqual([pia.userId, quin.userId]);
    expect(await mentionsOf(note.id)).toEqual([
      { userId: pia.userId, activitySeq: 2, seenAt: NOW },
      { userId: quin.userId, activitySeq: 3, seenAt: null },
    ]);
  });

  it('are seen when the mentioned operator says so, up to the activity that they have read', async () => {
    const { clientId } = visitor;
    const { note } = await add();
    await add({ mentions: [pia.userId, olga.userId] });
    // A later change of the first note mentions them.
    await edit(note.id, 'x', { mentions: [pia.userId] });
    const see = async (actor: OperatorActor, upToActivitySeq: number) =>
      await markMentionsSeen(chat.ctx, actor, { clientId, upToActivitySeq });
    expect(await see(pia, 2)).toEqual({ unseen: 2, effects: [changed(visitor, 0, 'activity')] });
    expect(await see(pia, 3)).toMatchObject({ unseen: 1 });
    const { version } = await chat.client(clientId);
    expect(await see(pia, 3)).toMatchObject({ unseen: 1 });
    expect((await chat.client(clientId)).version).toBe(version);
    expect(await see(pia, 4)).toMatchObject({ unseen: 0 });
    expect(await see(olga, 0)).toMatchObject({ unseen: 1 });
  });
});
