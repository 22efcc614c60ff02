import { randomUUID } from 'node:crypto';

import { REASONS, type ReasonName } from '@switchboard/protocol';
import { expect, it } from 'vitest';

import { SYSTEM, type Actor } from './actor.ts';
import { assign } from './chats/assign.ts';
import { snooze } from './chats/snooze.ts';
import { wakeSnoozed } from './chats/wake-snoozed.ts';
import { changeCannedReply } from './canned-replies/change-canned-reply.ts';
import { createCannedReply } from './canned-replies/create-canned-reply.ts';
import { listCannedReplies } from './canned-replies/list-canned-replies.ts';
import { removeCannedReply } from './canned-replies/remove-canned-reply.ts';
import { listRecentChats, findChats } from './conversations/list-recent-chats.ts';
import { countUnanswered } from './conversations/count-unanswered.ts';
import { countViews } from './conversations/count-views.ts';
import { endChat } from './conversations/end-chat.ts';
import { readActivity } from './events/read-activity.ts';
import { listView } from './conversations/list-view.ts';
import { markDone } from './conversations/mark-done.ts';
import { readConversation } from './conversations/read-conversation.ts';
import { settleWaiting } from './conversations/settle-waiting.ts';
import { listDrafts } from './drafts/list-drafts.ts';
import { saveDraft } from './drafts/save-draft.ts';
import * as verbs from './index.ts';
import { readEpoch } from './installation/read-epoch.ts';
import { readHistory } from './messages/read-history.ts';
import { readPage } from './messages/read-page.ts';
import { createMessageSaver } from './messages/saving/message-saver.ts';
import { addNote } from './notes/add-note.ts';
import { deleteNote } from './notes/delete-note.ts';
import { editNote } from './notes/edit-note.ts';
import { listNotes } from './notes/list-notes.ts';
import { markMentionsSeen } from './notes/mark-mentions-seen.ts';
import { readTeams } from './operators/read-teams.ts';
import { removeExpiredSessions } from './operators/remove-expired-sessions.ts';
import { PERMISSIONS, requirePermission, type Action } from './permissions.ts';
import { markRead } from './receipts/mark-read.ts';
import { recordReceipts } from './receipts/record-receipts.ts';
import { forgetRevocations, listRevocations, recordRevocation } from './revocations/revocations.ts';
import { changeSavedView } from './saved-views/change-saved-view.ts';
import { createSavedView } from './saved-views/create-saved-view.ts';
import { listSavedViews } from './saved-views/list-saved-views.ts';
import { removeSavedView } from './saved-views/remove-saved-view.ts';
import { changeSettings } from './settings/change-settings.ts';
import { readSettings } from './settings/read-settings.ts';
import { createTag } from './tags/create-tag.ts';
import { listTags } from './tags/list-tags.ts';
import { removeTag } from './tags/remove-tag.ts';
import { renameTag } from './tags/rename-tag.ts';
import { setTags } from './tags/set-tags.ts';
import { peopleAttempts } from './testing/people-attempts.ts';
import { chatFixture, codeOf, image, NOW, text } from './testing/chat-fixture.ts';
import { knownStorageKeys, removeUnusedUploads } from './uploads/unused-uploads.ts';
import { findEarlierUpload, findUpload, recordUpload } from './uploads/uploads.ts';
import { adoptSession } from './visitors/adopt-session.ts';
import { blockVisitor } from './visitors/block-visitor.ts';
import { requireOpenSession } from './visitors/require-open-session.ts';
import { startSession } from './visitors/start-session.ts';
import { visitPage } from './visitors/visit-page.ts';

const chat = chatFixture();
const people = peopleAttempts(chat);
const PICTURE = { storageKey: 'k', name: 'n', mimeType: 'image/png', width: 1, height: 1, size: 1 };
const FRAME = { url: 'https://shop.example/' };

type Attempt = (actor: Actor, clientId: number) => Promise<unknown>;
type ExportedVerb = {
  [K in keyof typeof verbs]: (typeof verbs)[K] extends (...args: never[]) => Promise<unknown> ? K : never;
}[keyof typeof verbs];
/** Exported functions that take no actor. */
type NoVerb = 'hashPassword' | 'verifyPassword';

/** One attempt at each verb: a verb without one does not compile. A visitor attempts it on their own conversation, everybody else on this one. */
const VERBS: Record<Exclude<ExportedVerb, NoVerb>, [Action, Attempt]> = {
  startSession: ['session.start', async (actor) => await startSession(chat.ctx, actor, { username: 'Vera' })],
  adoptSession: ['session.adopt', async (actor) => await adoptSession(chat.ctx, actor, { clientSocketId: randomUUID(), username: 'Old' })],
  requireOpenSession: ['session.renew', async (actor) => await requireOpenSession(chat.ctx, actor)],
  visitPage: ['session.visit-page', async (actor) => await visitPage(chat.ctx, actor, FRAME)],
  readPage: ['message.read', async (actor, clientId) => await readPage(chat.ctx, actor, { clientId, limit: 1 })],
  readHistory: ['message.read', async (actor, clientId) => await readHistory(chat.ctx, actor, { clientId })],
  markRead: ['message.mark-read', async (actor, clientId) => await markRead(chat.ctx, actor, { clientId })],
  recordReceipts: ['receipts.record', async (actor, clientId) => await recordReceipts(chat.ctx, actor, { clientId, readSeq: 1 })],
  findEarlierUpload: ['upload.add', async (actor, clientId) => await findEarlierUpload(chat.ctx, actor, { clientId })],
  recordUpload: ['upload.add', async (actor, clientId) => await recordUpload(chat.ctx, actor, { clientId, ...PICTURE })],
  findUpload: ['upload.open', async (actor) => await findUpload(chat.ctx, actor, randomUUID())],
  removeUnusedUploads: ['upload.sweep', async (actor) => await removeUnusedUploads(chat.ctx, actor, { before: new Date(0) })],
  knownStorageKeys: ['upload.sweep', async (actor) => await knownStorageKeys(chat.ctx, actor, [])],
  listView: ['conversation.list', async (actor) => await listView(chat.ctx, actor, { view: 'waiting' })],
  listRecentChats: ['conversation.list', async (actor) => await listRecentChats(chat.ctx, actor)],
  findChats: ['conversation.list', async (actor) => await findChats(chat.ctx, actor, {})],
  countViews: ['conversation.list', async (actor) => await countViews(chat.ctx, actor)],
  readConversation: ['conversation.list', async (actor, clientId) => await readConversation(chat.ctx, actor, clientId)],
  listSavedViews: ['saved-view.list', async (actor) => await listSavedViews(chat.ctx, actor)],
  createSavedView: ['saved-view.change', async (actor) => await createSavedView(chat.ctx, actor, newView())],
  changeSavedView: [
    'saved-view.change',
    async (actor) => await changeSavedView(chat.ctx, actor, { id: await viewOf(actor), name: randomUUID(), expected: { version: 1 } }),
  ],
  removeSavedView: ['saved-view.change', async (actor) => await removeSavedView(chat.ctx, actor, await viewOf(actor))],
  endChat: ['conversation.end', async (actor, clientId) => await endChat(chat.ctx, actor, { clientId })],
  markDone: ['conversation.mark-done', async (actor, clientId) => await markDone(chat.ctx, actor, { clientId, done: true })],
  assign: [
    'chat.assign',
    async (actor, clientId) =>
      await assign(chat.ctx, actor, { clientId: await opened(clientId), teamId: null, expected: { assigneeId: null } }),
  ],
  snooze: ['chat.snooze', async (actor, clientId) => await snooze(chat.ctx, actor, { clientId: await opened(clientId), snoozed: true })],
  wakeSnoozed: ['chat.wake-snoozed', async (actor) => await wakeSnoozed(chat.ctx, actor)],
  blockVisitor: ['visitor.block', async (actor, clientId) => await blockVisitor(chat.ctx, actor, { clientId, blocked: true })],
  readActivity: ['conversation.read-events', async (actor, clientId) => await readActivity(chat.ctx, actor, { clientId })],
  listNotes: ['note.list', async (actor, clientId) => await listNotes(chat.ctx, actor, { clientId })],
  addNote: ['note.write', async (actor, clientId) => await addNote(chat.ctx, actor, { clientId, noteKey: randomUUID(), text: 'x' })],
  editNote: [
    'note.write',
    async (actor, clientId) => {
      const noteId = await noteOf(await authorFor(actor), clientId);
      return await editNote(chat.ctx, actor, { noteId, text: 'y', mentions: [], expected: { version: 1 } });
    },
  ],
  deleteNote: [
    'note.write',
    async (actor, clientId) => await deleteNote(chat.ctx, actor, { noteId: await noteOf(await authorFor(actor), clientId) }),
  ],
  markMentionsSeen: [
    'mention.mark-seen',
    async (actor, clientId) => await markMentionsSeen(chat.ctx, actor, { clientId, upToActivitySeq: 1 }),
  ],
  listTags: ['tag.list', async (actor) => await listTags(chat.ctx, actor, {})],
  createTag: ['tag.create', async (actor) => await createTag(chat.ctx, actor, { name: randomUUID() })],
  renameTag: [
    'tag.change',
    async (actor) => await renameTag(chat.ctx, actor, { tagId: await newTag(), name: randomUUID(), expected: { version: 1 } }),
  ],
  removeTag: ['tag.change', async (actor) => await removeTag(chat.ctx, actor, { tagId: await newTag() })],
  setTags: [
    'conversation.tag',
    async (actor, clientId) => await setTags(chat.ctx, actor, { clientId: await opened(clientId), tagIds: [] }),
  ],
  listCannedReplies: ['canned-reply.list', async (actor) => await listCannedReplies(chat.ctx, actor, {})],
  createCannedReply: ['canned-reply.write', async (actor) => await newReply(actor, 'own')],
  changeCannedReply: [
    'canned-reply.write',
    async (actor) => {
      const { id: replyId } = await newReply(await authorFor(actor), 'own');
      return await changeCannedReply(chat.ctx, actor, { replyId, text: 'y', expected: { version: 1 } });
    },
  ],
  removeCannedReply: [
    'canned-reply.write',
    async (actor) => await removeCannedReply(chat.ctx, actor, { replyId: (await newReply(await authorFor(actor), 'own')).id }),
  ],
  listDrafts: ['draft.list', async (actor) => await listDrafts(chat.ctx, actor, {})],
  saveDraft: [
    'draft.save',
    async (actor, clientId) => await saveDraft(chat.ctx, actor, { clientId, kind: 'reply', text: 'x', version: 1 }),
  ],
  countUnanswered: ['waiting.count', async (actor) => await countUnanswered(chat.ctx, actor)],
  settleWaiting: ['waiting.settle', async (actor) => await settleWaiting(chat.ctx, actor)],
  readTeams: ['operator.read-teams', async (actor) => await readTeams(chat.ctx, actor)],
  removeExpiredSessions: ['operator.remove-expired-sessions', async (actor) => await removeExpiredSessions(chat.ctx, actor)],
  recordRevocation: ['revocation.record', async (actor) => await recordRevocation(chat.ctx, actor, { role: 'operator', id: 1, at: NOW })],
  listRevocations: ['revocation.list', async (actor) => await listRevocations(chat.ctx, actor, NOW)],
  forgetRevocations: ['revocation.forget', async (actor) => await forgetRevocations(chat.ctx, actor, new Date(0))],
  readSettings: ['setting.read', async (actor) => await readSettings(chat.ctx, actor)],
  changeSettings: ['setting.change', async (actor) => await changeSettings(chat.ctx, actor, [{ key: 'widget.sound', value: false }])],
  ...people.verbs,
  readEpoch: ['installation.read', async (actor) => await readEpoch(chat.ctx, actor)],
};

/** Actions that are parts of verbs. */
const PARTS: Partial<Record<Action, Attempt>> = {
  'message.save': async (actor, clientId) => await save(actor, text('x', { clientId })),
  'message.save-as-operator': async (actor, clientId) => await save(actor, text('x', { clientId, senderType: 'OPERATOR' })),
  'operator.change-own': people.changeOwn,
  'message.link-anywhere': async (actor, clientId) => await save(actor, image('https://pictures.example/cat.png', { clientId })),
  'note.delete-any': async (actor, clientId) =>
    await deleteNote(chat.ctx, actor, { noteId: await noteOf(await chat.operator('Oda'), clientId) }),
  'canned-reply.write-any': async (actor) => await newReply(actor, 'everybody'),
};
const ATTEMPTS = [...Object.entries(VERBS).map(([name, [action, attempt]]) => ({ name, action, attempt })), ...parts()];

function parts() {
  return Object.entries(PARTS).map(([action, attempt]) => ({ name: `a part of a verb: ${action}`, action: action as Action, attempt }));
}
async function save(actor: Actor, message: ReturnType<typeof text>) {
  return await createMessageSaver(chat.ctx).save(actor, [message]);
}
/** The conversation, with an open chat. */
async function opened(clientId: number): Promise<number> {
  await createMessageSaver(chat.ctx).save(await chat.operator(), [text('Hello', { clientId })]);
  return clientId;
}
/** An actor who may write notes and canned replies: this one, if they are an operator. */
async function authorFor(actor: Actor): Promise<Actor> {
  return actor.kind === 'operator' ? actor : await chat.operator('Oda');
}
async function noteOf(author: Actor, clientId: number): Promise<number> {
  return (await addNote(chat.ctx, author, { clientId, noteKey: randomUUID(), text: 'x' })).note.id;
}
async function newTag(): Promise<number> {
  return (await createTag(chat.ctx, await chat.operator(), { name: randomUUID() })).id;
}
async function newReply(author: Actor, scope: 'own' | 'everybody') {
  return await createCannedReply(chat.ctx, author, { shortcut: randomUUID(), text: 'x', scope });
}
function newView() {
  return { name: randomUUID(), filters: { view: 'mine' } as const };
}
/** The id of a view that the actor has saved, if they can. */
async function viewOf(actor: Actor): Promise<number> {
  return actor.kind === 'operator' ? (await createSavedView(chat.ctx, actor, newView())).id : 1;
}

it.each(ATTEMPTS)('$name is permitted to the actors of the table, and to nobody else', async ({ action, attempt }) => {
  const visitor = await chat.visitor();
  const actors: Record<string, Actor> = {
    anonymous: { kind: 'anonymous' },
    visitor,
    operator: await chat.operator(),
    supervisor: await chat.operator('Sue', 'SUPERVISOR'),
    admin: await chat.operator('Ada', 'ADMIN'),
    system: SYSTEM,
  };
  const grantees: readonly string[] = PERMISSIONS[action];
  for (const [grantee, actor] of Object.entries(actors)) {
    const { clientId } = actor.kind === 'visitor' ? visitor : await chat.visitor();
    const refusal = grantee === 'anonymous' ? 'unauthenticated' : 'forbidden';
    expect(await codeOf(attempt(actor, clientId)), grantee).toBe(grantees.includes(grantee) ? 'resolved' : refusal);
  }
});

it('this file attempts every action of the table', () => {
  expect(new Set(ATTEMPTS.map(({ action }) => action))).toEqual(new Set(Object.keys(PERMISSIONS)));
});

it.each<[Actor, Action, ReasonName]>([
  [{ kind: 'anonymous' }, 'conversation.list', 'sign_in_required'],
  [{ kind: 'anonymous' }, 'message.read', 'token_required'],
  [SYSTEM, 'conversation.list', 'operators_only'],
  [SYSTEM, 'session.renew', 'visitors_only'],
  [{ kind: 'operator', userId: 1, name: 'Olga', role: 'OPERATOR' }, 'setting.change', 'administrators_only'],
  [{ kind: 'operator', userId: 1, name: 'Sue', role: 'SUPERVISOR' }, 'setting.change', 'administrators_only'],
  [{ kind: 'visitor', clientId: 1, sessionId: randomUUID() }, 'operator.set-password', 'installation_only'],
])('the refusal to %o says who may do %s', (actor, action, reason) => {
  const { code, message } = REASONS[reason];
  expect(() => requirePermission(actor, action)).toThrow(expect.objectContaining({ code, message, detail: { reason } }));
});
