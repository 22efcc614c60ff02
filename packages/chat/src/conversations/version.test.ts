import { randomUUID } from 'node:crypto';

import { Prisma } from '@switchboard/database';
import { seed } from '@switchboard/database/testing';
import { CONVERSATION_VIEWS, type RecentChat, type UnchangedChat } from '@switchboard/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { SYSTEM, type OperatorActor, type VisitorActor } from '../actor.ts';
import type * as verbs from '../index.ts';
import { addNote } from '../notes/add-note.ts';
import { deleteNote } from '../notes/delete-note.ts';
import { editNote } from '../notes/edit-note.ts';
import { markMentionsSeen } from '../notes/mark-mentions-seen.ts';
import type { WithEffects } from '../effects.ts';
import { createMessageSaver, type MessageSaver } from '../messages/saving/message-saver.ts';
import { markRead } from '../receipts/mark-read.ts';
import { recordReceipts } from '../receipts/record-receipts.ts';
import { createTag } from '../tags/create-tag.ts';
import { setTags } from '../tags/set-tags.ts';
import { chatFixture, codeOf, image, NOW, text } from '../testing/chat-fixture.ts';
import { recordedSaves } from '../testing/recorded-saves.ts';
import { blockVisitor } from '../visitors/block-visitor.ts';
import { startSession } from '../visitors/start-session.ts';
import { visitPage } from '../visitors/visit-page.ts';
import { assign } from '../chats/assign.ts';
import { snooze } from '../chats/snooze.ts';
import { wakeSnoozed } from '../chats/wake-snoozed.ts';
import { endChat } from './end-chat.ts';
import { findChats, listRecentChats } from './list-recent-chats.ts';
import { listView } from './list-view.ts';
import { markDone } from './mark-done.ts';
import { settleWaiting } from './settle-waiting.ts';

const chat = chatFixture();
let saver: MessageSaver;
let operator: OperatorActor;
let colleague: OperatorActor;
beforeAll(async () => {
  saver = createMessageSaver(chat.ctx);
  [operator, colleague] = [await chat.operator('Olga'), await chat.operator('Otto')];
  await chat.db.prisma.authAccount.create({
    data: { userId: operator.userId, providerId: 'credential', accountId: String(operator.userId) },
  });
});
afterAll(async () => await saver.close());
beforeEach(() => {
  chat.now = NOW;
});

const PAGES = ['https://shop.example/lamps', 'https://shop.example/cart'];
const BROWSERS = ['Firefox', 'Chromium'];

/** A step of a conversation; `n` chooses one of several ways to do it. */
type Verb = (visitor: VisitorActor, n: number) => Promise<unknown>;
type VerbWithEffects = {
  [K in keyof typeof verbs]: (typeof verbs)[K] extends (...args: never[]) => Promise<infer R>
    ? R extends WithEffects<object>
      ? K
      : never
    : never;
}[keyof typeof verbs];
/** Verbs that change accounts or settings. What some of them do to conversations is tested beside them. */
type OtherVerb =
  | 'changeOperator'
  | 'createTeam'
  | 'changeTeam'
  | 'setOperatorPassword'
  | 'removeOperator'
  | 'removeTeam'
  | 'changeSettings';

/** Everything that changes a conversation: a new verb with effects does not compile before it is here. */
const VERBS: Record<Exclude<VerbWithEffects, OtherVerb>, Verb> & Record<string, Verb> = {
  save: async (visitor, n) => await saver.save(visitor, [text(`message ${n}`)]),
  saveTwice: async (visitor) => await saver.save(visitor, [text('one'), image(await chat.upload(visitor))]),
  answer: async ({ clientId }, n) => await saver.save(operator, [text(`answer ${n}`, { clientId })]),
  // By an address, so that it is planned and not written at once.
  answerByAddress: async ({ sessionId }) => await saver.save(operator, [text('answer', { clientSocketId: sessionId })]),
  markRead: async ({ clientId }, n) => await markRead(chat.ctx, n % 2 === 0 ? operator : colleague, { clientId, upToSeq: n }),
  recordReceipts: async (visitor, n) =>
    await recordReceipts(chat.ctx, [visitor, operator, colleague][n % 3]!, {
      clientId: visitor.clientId,
      deliveredSeq: n,
      readSeq: Math.max(0, n - 1),
    }),
  markDone: async ({ clientId }, n) => await markDone(chat.ctx, operator, { clientId, done: n % 2 === 0 }),
  assign: async ({ clientId }, n) => {
    const { assigneeId } = await chat.client(clientId);
    await assign(chat.ctx, operator, { clientId, assigneeId: n % 2 === 0 ? operator.userId : null, expected: { assigneeId } });
  },
  snooze: async ({ clientId }, n) =>
    await snooze(chat.ctx, operator, {
      clientId,
      snoozed: n > 2,
      until: n % 2 === 0 ? null : new Date(chat.now.getTime() + 5_000).toISOString(),
    }),
  wakeSnoozed: async () => await wakeSnoozed(chat.ctx, SYSTEM),
  blockVisitor: async ({ clientId }, n) => await blockVisitor(chat.ctx, operator, { clientId, blocked: n % 2 === 0 }),
  endChat: async (visitor, n) => await endChat(chat.ctx, n === 0 ? visitor : operator, { clientId: visitor.clientId }),
  visitPage: async (visitor, n) => await visitPage(chat.ctx, visitor, { url: PAGES[n % 2] ?? '' }),
  startSession: async (visitor, n) =>
    await startSession(
      chat.ctx,
      visitor,
      { username: 'Vera', pageUrl: PAGES[n % 2], locale: n < 3 ? 'de' : 'en' },
      { userAgent: BROWSERS[n % 2] },
    ),
  addNote: async ({ clientId }, n) => await addNote(chat.ctx, operator, { clientId, noteKey: randomUUID(), text: `note ${n}` }),
  editNote: async ({ clientId }, n) =>
    await editNote(chat.ctx, operator, { noteId: await newNote(clientId), text: `changed ${n}`, mentions: [], expected: { version: 1 } }),
  deleteNote: async ({ clientId }) => await deleteNote(chat.ctx, operator, { noteId: await newNote(clientId) }),
  markMentionsSeen: async ({ clientId }, n) => {
    await newNote(clientId, [operator.userId]);
    await markMentionsSeen(chat.ctx, operator, { clientId, upToActivitySeq: n });
  },
  setTags: async ({ clientId }, n) => {
    const { id } = await createTag(chat.ctx, operator, { name: `tag ${n}` });
    await setTags(chat.ctx, operator, { clientId, tagIds: [id] });
  },
  settleWaiting: async ({ clientId }) => {
    await chat.db.prisma.client.update({ where: { id: clientId }, data: { waitingSeq: 0 } });
    await settleWaiting(chat.ctx, SYSTEM);
  },
};

async function newNote(clientId: number, mentions: readonly number[] = []): Promise<number> {
  return (await addNote(chat.ctx, operator, { clientId, noteKey: randomUUID(), text: 'x', mentions })).note.id;
}

/** Refusals are part of it: what is refused changes nothing. */
async function attempt(verb: Verb, visitor: VisitorActor, n: number): Promise<void> {
  const code = await codeOf(verb(visitor, n));
  expect(code).not.toBe('internal');
  expect(code === 'resolved' || typeof code === 'string', String(code)).toBe(true);
}

/** Everything that operators see of these conversations, but for their versions and when the visitor was last there. */
function shown({ version: _version, ...chatRow }: RecentChat): string {
  return JSON.stringify({ ...chatRow, client: { ...chatRow.client, lastSeenAt: null } });
}

const step = fc.record({ verb: fc.constantFrom(...Object.keys(VERBS)), visitor: fc.nat(2), n: fc.nat(5) });
/** Verbs that seldom change something by chance, in an order in which each of them does. */
const CHANGING = (
  [
    ['save', 0],
    ['recordReceipts', 1],
    ['markRead', 1],
    ['assign', 0],
    ['setTags', 1],
    ['snooze', 5],
    ['wakeSnoozed', 0],
    ['markDone', 0],
  ] as const
).map(([verb, n]) => ({ verb, visitor: 0, n }));

describe('the version of a conversation', () => {
  it('grows with every verb that changes what operators see of it', async () => {
    const changes = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
        const visitors = [await chat.visitor(), await chat.visitor(), await chat.visitor()];
        const ids = visitors.map(({ clientId }) => clientId);
        const read = async () => [...(await findChats(chat.ctx, operator, { ids })), ...(await findChats(chat.ctx, colleague, { ids }))];
        let before = await read();
        for (const { verb, visitor, n } of steps) {
          chat.now = new Date(chat.now.getTime() + 11_000);
          await attempt(VERBS[verb]!, visitors[visitor]!, n);
          const after = await read();
          for (const [index, row] of after.entries()) {
            const old = before[index]!;
            expect(row.version).toBeGreaterThanOrEqual(old.version ?? 0);
            if (shown(row) === shown(old)) continue;
            changes.add(verb);
            expect(row.version, `${verb} ${n} changed ${shown(old)} to ${shown(row)}`).toBeGreaterThan(old.version ?? 0);
          }
          before = after;
        }
      }),
      { numRuns: 30, examples: [[CHANGING]] },
    );
    // Each of them has changed something, at least once; settling has a test of its own.
    expect(new Set([...changes, 'settleWaiting', 'assign', 'snooze', 'wakeSnoozed'])).toEqual(new Set(Object.keys(VERBS)));
  });

  it('grows when settling changes who waits', async () => {
    const visitor = await chat.visitor();
    await saver.save(visitor, [text('Hello?')]);
    await chat.db.prisma.client.update({ where: { id: visitor.clientId }, data: { waitingSince: null, waitingSeq: 0 } });
    const { version } = await chat.client(visitor.clientId);
    await settleWaiting(chat.ctx, SYSTEM);
    const settled = await chat.client(visitor.clientId);
    expect(settled.waitingSince).not.toBeNull();
    expect(settled.version).toBeGreaterThan(version);
  });

  it('grows with every step that flags more messages as read', async () => {
    const { clientId } = await chat.visitor();
    const count = 2_500;
    await seed(chat.url, [
      Prisma.sql`INSERT INTO "ChatMessage" ("messageKey", "clientId", seq, "senderType", "messageType", text, "updatedAt")
        SELECT gen_random_uuid(), ${clientId}::int, n, 'CLIENT', 'TEXT', 'x', now() FROM generate_series(1, ${count}::int) n`,
    ]);
    await chat.db.prisma.client.update({ where: { id: clientId }, data: { lastSeq: count, unreadCount: count } });
    const { version } = await chat.client(clientId);
    await markRead(chat.ctx, operator, { clientId });
    // One for the mark and the first thousand, one for the second thousand, one for the rest.
    expect((await chat.client(clientId)).version).toBe(version + 3);
  });

  it('needs no additional statement for saving', async () => {
    const visitor = await chat.visitor();
    const statements: Prisma.Sql[] = [];
    const recording = createMessageSaver({ ...chat.ctx, db: recordedSaves(chat.db, statements) });
    await recording.save(visitor, [text('opens the chat')]);
    statements.length = 0;
    await recording.save(visitor, [text('written at once')]);
    expect(statements).toHaveLength(1);
    expect(statements[0]?.text).toContain('version = c.version + 1');
    expect((await chat.client(visitor.clientId)).version).toBe(2);
    // By an address, so that it is planned: four lookups, and one statement that writes.
    statements.length = 0;
    await recording.save(operator, [text('planned', { clientSocketId: visitor.sessionId })]);
    expect(statements.filter(({ text: sql }) => /INSERT|UPDATE "/.test(sql))).toHaveLength(1);
    expect((await chat.client(visitor.clientId)).version).toBe(3);
    await recording.close();
  });
});

/** The rows of an answer, those that have not changed as they were before: what a caller shows. */
function completed(rows: readonly (RecentChat | UnchangedChat)[], before: ReadonlyMap<number, RecentChat>): RecentChat[] {
  return rows.map((row) => {
    if (!('unchanged' in row)) return row;
    const old = before.get(row.clientId)!;
    return { ...old, client: { ...old.client, lastSeenAt: row.lastSeenAt } };
  });
}

describe('a list with known rows', () => {
  it('shows the same as without them', async () => {
    let unchanged = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(...CONVERSATION_VIEWS, null),
        async (steps, view) => {
          await chat.db.prisma.client.updateMany({
            data: { waitingSince: null, doneAt: null, lastSeq: 0, waitingSeq: 0, chatOpenedAt: null },
          });
          const visitors = [await chat.visitor(), await chat.visitor(), await chat.visitor()];
          for (const [index, visitor] of visitors.entries()) {
            await saver.save(visitor, [text('Hello?')]);
            if (index === 1) await markDone(chat.ctx, operator, { clientId: visitor.clientId, done: true });
          }
          const read = async (known?: ReadonlyMap<number, number>) =>
            view === null
              ? await listRecentChats(chat.ctx, operator, { limit: 10 }, known)
              : (await listView(chat.ctx, operator, { view, limit: 10, known })).chats;
          const had = new Map((await read()).flatMap((row) => ('unchanged' in row ? [] : [[row.client.id, row] as const])));
          for (const { verb, visitor, n } of steps) {
            chat.now = new Date(chat.now.getTime() + 11_000);
            await attempt(VERBS[verb]!, visitors[visitor]!, n);
          }
          const answer = await read(new Map([...had].map(([id, { version = 0 }]) => [id, version])));
          unchanged += answer.filter((row) => 'unchanged' in row).length;
          expect(completed(answer, had)).toEqual(await read());
        },
      ),
      { numRuns: 40 },
    );
    expect(unchanged).toBeGreaterThan(10);
  });

  it('has the whole row for any version other than the current one', async () => {
    const visitor = await chat.visitor();
    await saver.save(visitor, [text('Hello?')]);
    const { version } = await chat.client(visitor.clientId);
    for (const wrong of [version - 1, version + 1, 9_999_999_999]) {
      const { chats } = await listView(chat.ctx, operator, { view: 'open', known: new Map([[visitor.clientId, wrong]]) });
      expect(chats.find((row) => !('unchanged' in row) && row.client.id === visitor.clientId)).toBeDefined();
    }
  });
});
