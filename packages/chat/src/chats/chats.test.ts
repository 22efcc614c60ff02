import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { SYSTEM, type OperatorActor, type VisitorActor } from '../actor.ts';
import { markDone } from '../conversations/mark-done.ts';
import { settleWaiting } from '../conversations/settle-waiting.ts';
import { readActivity } from '../events/read-activity.ts';
import { createMessageSaver, type MessageSaver } from '../messages/saving/message-saver.ts';
import { chatFixture, codeOf, NOW, text } from '../testing/chat-fixture.ts';
import { assign } from './assign.ts';
import { snooze } from './snooze.ts';
import { wakeSnoozed } from './wake-snoozed.ts';

const chat = chatFixture();
let saver: MessageSaver;
let olga: OperatorActor;
let omar: OperatorActor;
beforeAll(async () => {
  saver = createMessageSaver(chat.ctx);
  [olga, omar] = [await signedUp('Olga'), await signedUp('Omar')];
});
afterAll(async () => await saver.close());
beforeEach(() => {
  chat.now = NOW;
});

async function signedUp(name: string): Promise<OperatorActor> {
  const operator = await chat.operator(name);
  const accountId = String(operator.userId);
  await chat.db.prisma.authAccount.create({ data: { userId: operator.userId, providerId: 'credential', accountId, password: 'x' } });
  return operator;
}
const later = (seconds: number) => (chat.now = new Date(chat.now.getTime() + seconds * 1_000));
const say = async (visitor: VisitorActor, what = 'Hello?') => await saver.save(visitor, [text(what)]);
const answer = async (operator: OperatorActor, { clientId }: VisitorActor) => await saver.save(operator, [text('Hello.', { clientId })]);
const done = async (operator: OperatorActor, { clientId }: VisitorActor, value = true) =>
  await markDone(chat.ctx, operator, { clientId, done: value });
const chatsOf = async ({ clientId }: VisitorActor) =>
  await chat.db.prisma.chat.findMany({ where: { clientId }, orderBy: { number: 'asc' } });
const kindsOf = async ({ clientId }: VisitorActor) => (await chat.events(olga, { clientId })).map(({ kind }) => kind);
/** A visitor with an open chat. */
async function waiting(): Promise<VisitorActor> {
  const visitor = await chat.visitor();
  await say(visitor);
  return visitor;
}

describe('a chat', () => {
  it('opens with the first message and closes when the conversation is marked as done', async () => {
    const visitor = await chat.visitor();
    expect(await chatsOf(visitor)).toEqual([]);
    await say(visitor);
    expect(await chatsOf(visitor)).toMatchObject([{ number: 1, firstSeq: 1, openedAt: NOW, closedAt: null }]);
    later(60);
    await answer(omar, visitor);
    later(10);
    await say(visitor, 'Thanks.');
    later(30);
    await done(olga, visitor);
    expect(await chatsOf(visitor)).toMatchObject([
      { number: 1, closedAt: chat.now, closedById: olga.userId, lastSeq: 3, firstReplyById: omar.userId, waitedMs: 90_000n },
    ]);
    expect((await chatsOf(visitor))[0]?.firstReplyAt?.getTime()).toBe(NOW.getTime() + 60_000);
    expect((await chat.client(visitor.clientId)).chatOpenedAt).toBeNull();
  });

  it('is followed by another one, without assignee, with the visitor’s next message, and by none with an operator’s', async () => {
    const visitor = await waiting();
    await assign(chat.ctx, olga, { clientId: visitor.clientId, assigneeId: olga.userId, expected: { assigneeId: null } });
    await done(olga, visitor);
    await answer(olga, visitor);
    expect(await chatsOf(visitor)).toHaveLength(1);
    later(60);
    await say(visitor, 'One more thing');
    const [first, second] = await chatsOf(visitor);
    expect(first).toMatchObject({ number: 1, lastSeq: 1, assigneeId: olga.userId });
    expect(second).toMatchObject({ number: 2, firstSeq: 3, openedAt: chat.now, closedAt: null });
    expect(await chat.client(visitor.clientId)).toMatchObject({ chatNumber: 2, assigneeId: null, chatOpenedAt: chat.now });
  });

  it('that was marked as done by mistake continues as it was', async () => {
    const visitor = await waiting();
    await assign(chat.ctx, olga, { clientId: visitor.clientId, assigneeId: olga.userId, expected: { assigneeId: null } });
    const before = await chatsOf(visitor);
    later(5);
    await done(omar, visitor);
    await done(omar, visitor, false);
    expect(await chatsOf(visitor)).toEqual(before);
    expect(await chat.client(visitor.clientId)).toMatchObject({ chatNumber: 1, assigneeId: olga.userId, chatOpenedAt: NOW });
  });

  it('begins in the team of its inbox', async () => {
    const visitor = await chat.visitor();
    const team = await chat.db.prisma.team.create({ data: { name: 'Lamps' } });
    const inbox = await chat.db.prisma.inbox.create({ data: { key: 'lamps', name: 'Lamps', teamId: team.id } });
    await chat.db.prisma.client.update({ where: { id: visitor.clientId }, data: { inboxId: inbox.id } });
    await say(visitor);
    expect((await chat.client(visitor.clientId)).teamId).toBe(team.id);
    expect(await chatsOf(visitor)).toMatchObject([{ inboxId: inbox.id }]);
  });

  it('is opened once when several people write at the same moment', async () => {
    const other = createMessageSaver(chat.ctx);
    for (let round = 0; round < 20; round += 1) {
      const visitor = await chat.visitor();
      await Promise.all([
        say(visitor),
        other.save(visitor, [text('Me again')]),
        other.save(olga, [text('Hi', { clientId: visitor.clientId })]),
      ]);
      expect(await chatsOf(visitor)).toMatchObject([{ number: 1, firstSeq: 1 }]);
    }
    await other.close();
  });
});

describe('conversations of a version without chats', () => {
  /** As that version leaves a conversation. */
  async function old(data: { doneAt?: Date; operatorReadSeq?: number; chatNumber?: number; chatOpenedAt?: Date | null } = {}) {
    const visitor = await waiting();
    await chat.db.prisma.chat.deleteMany({ where: { clientId: visitor.clientId } });
    await chat.db.prisma.client.update({ where: { id: visitor.clientId }, data: { chatNumber: 0, chatOpenedAt: null, ...data } });
    return visitor;
  }

  it('get their chats, and what anybody has read counts as read by everybody', async () => {
    const [open, closed] = [await old({ operatorReadSeq: 1 }), await old({ doneAt: NOW })];
    const { version } = await chat.client(open.clientId);
    await settleWaiting(chat.ctx, SYSTEM);
    expect(await chatsOf(open)).toMatchObject([{ number: 1, firstSeq: 1, closedAt: null }]);
    expect(await chat.client(open.clientId)).toMatchObject({ chatNumber: 1, readBeforeSeq: 1 });
    expect((await chat.client(open.clientId)).version).toBeGreaterThan(version);
    expect(await chatsOf(closed)).toMatchObject([{ number: 1, closedAt: NOW, lastSeq: 1 }]);
    expect(await settleWaiting(chat.ctx, SYSTEM)).toBe(false);
  });

  it('get their first chat from the next message as well, if that comes before', async () => {
    const visitor = await old({ operatorReadSeq: 1 });
    await say(visitor, 'Still there?');
    expect(await chatsOf(visitor)).toMatchObject([{ number: 1, firstSeq: 1, closedAt: null }]);
    expect(await chat.client(visitor.clientId)).toMatchObject({ chatNumber: 1, readBeforeSeq: 1 });
  });

  it('are followed where that version marks as done, undoes that, or saves the message that begins a new chat', async () => {
    const visitor = await waiting();
    const { clientId } = visitor;
    const set = async (data: { doneAt: Date | null }) => {
      await chat.db.prisma.client.update({ where: { id: clientId }, data });
      await settleWaiting(chat.ctx, SYSTEM);
    };
    await set({ doneAt: NOW });
    expect(await chatsOf(visitor)).toMatchObject([{ number: 1, closedAt: NOW }]);
    await set({ doneAt: null });
    expect(await chatsOf(visitor)).toMatchObject([{ number: 1, closedAt: null }]);
    await set({ doneAt: NOW });
    const message = { clientId, seq: 2, senderType: 'CLIENT' as const, messageType: 'TEXT' as const, text: 'Again' };
    await chat.db.prisma.chatMessage.create({ data: { ...message, messageKey: chat.ctx.ids() } });
    await chat.db.prisma.client.update({ where: { id: clientId }, data: { lastSeq: 2, waitingSeq: 2 } });
    await set({ doneAt: null });
    expect(await chatsOf(visitor)).toMatchObject([
      { number: 1, closedAt: NOW },
      { number: 2, firstSeq: 2, closedAt: null },
    ]);
  });
});

describe('assigning', () => {
  it('gives a chat to one of five operators who take it at the same moment, and says who has it to the others', async () => {
    const five = await Promise.all(['A', 'B', 'C', 'D', 'E'].map(signedUp));
    for (let round = 0; round < 40; round += 1) {
      const { clientId } = await waiting();
      const results = await Promise.allSettled(
        five.map(async (actor) => await assign(chat.ctx, actor, { clientId, assigneeId: actor.userId, expected: { assigneeId: null } })),
      );
      const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      const { assigneeId } = await chat.client(clientId);
      expect(winners).toMatchObject([{ assignee: { id: assigneeId }, team: null }]);
      const losses = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
      const loss = { code: 'conflict', detail: { reason: 'taken_by', current: { assignee: { id: assigneeId } } } };
      expect(losses).toMatchObject([loss, loss, loss, loss]);
    }
  });

  it('changes nothing when it is repeated, and writes one event', async () => {
    const visitor = await waiting();
    const take = async () =>
      await assign(chat.ctx, olga, { clientId: visitor.clientId, assigneeId: olga.userId, expected: { assigneeId: null } });
    await take();
    const { version } = await chat.client(visitor.clientId);
    expect(await take()).toMatchObject({ assignee: { id: olga.userId, name: 'Olga' } });
    expect((await chat.client(visitor.clientId)).version).toBe(version);
    expect(await kindsOf(visitor)).toEqual(['started', 'assigned']);
  });

  it('to another team takes the chat from its assignee', async () => {
    const visitor = await waiting();
    const team = await chat.db.prisma.team.create({ data: { name: 'Bulbs', members: { create: { userId: olga.userId } } } });
    await assign(chat.ctx, olga, { clientId: visitor.clientId, assigneeId: olga.userId, expected: { assigneeId: null } });
    const given = await assign(chat.ctx, olga, { clientId: visitor.clientId, teamId: team.id, expected: { assigneeId: olga.userId } });
    expect(given).toMatchObject({ assignee: null, team: { id: team.id, name: 'Bulbs' } });
  });

  it('is refused for operators and teams that are not there, and without an open chat', async () => {
    const { clientId } = await waiting();
    const removed = await chat.operator('Removed');
    const expected = { assigneeId: null };
    for (const assigneeId of [removed.userId, 99_999_999])
      expect(await codeOf(assign(chat.ctx, olga, { clientId, assigneeId, expected }))).toBe('invalid_request');
    expect(await codeOf(assign(chat.ctx, olga, { clientId, teamId: 99_999_999, expected }))).toBe('invalid_request');
    await markDone(chat.ctx, olga, { clientId, done: true });
    expect(await codeOf(assign(chat.ctx, olga, { clientId, assigneeId: olga.userId, expected }))).toBe('conflict');
  });
});

describe('a snoozed chat', () => {
  const until = new Date(NOW.getTime() + 3_600_000).toISOString();

  it('comes back when its time has come, once, however many servers look', async () => {
    const visitor = await waiting();
    await snooze(chat.ctx, olga, { clientId: visitor.clientId, snoozed: true, until });
    expect((await wakeSnoozed(chat.ctx, SYSTEM)).woken).toBe(0);
    later(3_600);
    const woken = await Promise.all(Array.from({ length: 5 }, async () => await wakeSnoozed(chat.ctx, SYSTEM)));
    expect(woken.filter((one) => one.woken === 1)).toHaveLength(1);
    expect(woken.filter((one) => one.woken === 0)).toHaveLength(4);
    expect(await chat.client(visitor.clientId)).toMatchObject({ snoozedAt: null, snoozedUntil: null });
    expect(await kindsOf(visitor)).toEqual(['started', 'snoozed', 'unsnoozed']);
  });

  it('comes back with the visitor’s next message, and not with an operator’s', async () => {
    const visitor = await waiting();
    await snooze(chat.ctx, olga, { clientId: visitor.clientId, snoozed: true });
    await answer(olga, visitor);
    expect((await chat.client(visitor.clientId)).snoozedAt).not.toBeNull();
    await say(visitor, 'Now?');
    expect((await chat.client(visitor.clientId)).snoozedAt).toBeNull();
    const events = await chat.events(olga, { clientId: visitor.clientId });
    expect(events.at(-1)).toMatchObject({ kind: 'unsnoozed', reason: 'message', actor: { kind: 'visitor' } });
  });

  it('is not snoozed over a message that the operator has not seen, into the past or for more than a year', async () => {
    const { clientId } = await waiting();
    expect(await codeOf(snooze(chat.ctx, olga, { clientId, snoozed: true, lastSeq: 0 }))).toBe('conflict');
    for (const wrong of ['2026-11-20T12:00:00.000Z', '2028-01-01T00:00:00.000Z'])
      expect(await codeOf(snooze(chat.ctx, olga, { clientId, snoozed: true, until: wrong }))).toBe('invalid_request');
    expect((await chat.client(clientId)).snoozedAt).toBeNull();
  });

  it('stops being snoozed when it is done, and repeating changes nothing', async () => {
    const visitor = await waiting();
    const { clientId } = visitor;
    await snooze(chat.ctx, olga, { clientId, snoozed: true, until });
    const { version } = await chat.client(clientId);
    await snooze(chat.ctx, olga, { clientId, snoozed: true, until });
    expect((await chat.client(clientId)).version).toBe(version);
    await done(olga, visitor);
    expect((await chat.client(clientId)).snoozedAt).toBeNull();
  });
});

describe('operators of teams', () => {
  it('see and answer the conversations of their teams, of no team, and their own', async () => {
    const visitor = await waiting();
    const { clientId } = visitor;
    const member = await signedUp('Member');
    const admin = await chat.operator('Ada', 'ADMIN');
    const team = await chat.db.prisma.team.create({ data: { name: 'Repairs', members: { create: { userId: member.userId } } } });
    await assign(chat.ctx, omar, { clientId, teamId: team.id, expected: { assigneeId: null } });
    for (const [actor, seen] of [
      [member, true],
      [admin, true],
      [omar, false],
    ] as const) {
      const code = seen ? 'resolved' : 'not_found';
      expect(await codeOf(readActivity(chat.ctx, actor, { clientId }))).toBe(code);
      expect(await codeOf(answer(actor, visitor))).toBe(code);
      // By an address, so that it is planned and not written at once.
      expect(await codeOf(saver.save(actor, [text('Hi', { clientSocketId: visitor.sessionId })]))).toBe(code);
      // On the visitor's behalf.
      expect(await codeOf(saver.save(actor, [text('Hi', { clientId, senderType: 'CLIENT' })]))).toBe(code);
    }
    await assign(chat.ctx, member, { clientId, assigneeId: omar.userId, expected: { assigneeId: null } });
    expect(await codeOf(answer(omar, visitor))).toBe('resolved');
  });

  it('get the answer to a message that they saved before they lost sight of the conversation', async () => {
    const { clientId } = await waiting();
    const message = text('Hello.', { clientId });
    const first = await saver.save(omar, [message]);
    const team = await chat.db.prisma.team.create({ data: { name: 'Others' } });
    await assign(chat.ctx, omar, { clientId, teamId: team.id, expected: { assigneeId: null } });
    expect((await saver.save(omar, [message])).messages).toMatchObject([
      { id: first.messages[0]?.id, seq: first.messages[0]?.seq, duplicate: true },
    ]);
    expect(await codeOf(saver.save(omar, [text('Another', { clientId })]))).toBe('not_found');
  });
});
