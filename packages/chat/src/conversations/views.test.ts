import { CONVERSATION_VIEWS, type ConversationFilters, type ConversationView, type RecentChat } from '@switchboard/protocol';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';

import type { OperatorActor } from '../actor.ts';
import { createSavedView } from '../saved-views/create-saved-view.ts';
import { removeSavedView } from '../saved-views/remove-saved-view.ts';
import { chatFixture, NOW } from '../testing/chat-fixture.ts';
import { countViews } from './count-views.ts';
import { listView } from './list-view.ts';
import { addConversation, type Conversation } from '../testing/conversations.ts';

const chat = chatFixture();
let operator: OperatorActor;
let colleague: OperatorActor;
let admin: OperatorActor;
/** The operator is in the first two. */
let teams: readonly number[];
/** The default one, and another. */
let inboxes: readonly number[];
let tags: readonly number[];
beforeAll(async () => {
  [operator, colleague, admin] = [await chat.operator('Olga'), await chat.operator('Otto'), await chat.operator('Ada', 'ADMIN')];
  const { prisma } = chat.db;
  const made = await Promise.all(['Sales', 'Support', 'Zebras'].map(async (name) => await prisma.team.create({ data: { name } })));
  teams = made.map(({ id }) => id);
  await prisma.teamMember.createMany({ data: teams.slice(0, 2).map((teamId) => ({ teamId, userId: operator.userId })) });
  const usual = await prisma.inbox.findFirstOrThrow({ where: { isDefault: true } });
  inboxes = [usual.id, (await prisma.inbox.create({ data: { key: 'other', name: 'Other' } })).id];
  tags = await Promise.all(['a', 'b'].map(async (name) => (await prisma.tag.create({ data: { name, nameKey: name } })).id));
});

const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
/** Undefined in `weight` of `weight + 1` cases. */
const some = <T>(arbitrary: fc.Arbitrary<T>, weight = 2) =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** A conversation; people, teams, inboxes and tags are indexes. Times are seconds, and few, so that many are equal. */
const state = fc.record({
  activity: fc.nat(3),
  done: some(fc.nat(3)),
  waiting: some(fc.nat(3), 1),
  blocked: some(fc.constant(true), 3).map((blocked) => blocked === true),
  snoozed: some(fc.nat(3)),
  until: some(fc.nat(3)),
  assignee: some(fc.nat(1), 1),
  team: some(fc.nat(1), 1),
  inbox: some(fc.nat(1), 1),
  tag: some(fc.nat(1), 1),
  mentions: fc.boolean(),
  hasSeenMention: fc.boolean(),
  read: fc.nat(2),
  readBefore: fc.nat(2),
});
type State = typeof state extends fc.Arbitrary<infer T> ? T : never;

/** The conversation with ids in place of indexes. A chat that is done neither waits nor is snoozed. */
function meant({ done, waiting, snoozed, until, activity, assignee, team, inbox, tag, ...more }: State): Conversation {
  const isOpen = done === undefined;
  return {
    ...more,
    lastActivityAt: at(activity),
    doneAt: isOpen ? null : at(done),
    waitingSince: isOpen && waiting !== undefined ? at(waiting) : null,
    snoozedAt: isOpen && snoozed !== undefined ? at(snoozed) : null,
    snoozedUntil: isOpen && snoozed !== undefined && until !== undefined ? at(until) : null,
    assigneeId: assignee === undefined ? null : [operator, colleague][assignee]!.userId,
    teamId: team === undefined ? null : teams[team]!,
    inboxId: inbox === undefined ? null : inboxes[inbox]!,
    tagId: tag === undefined ? null : tags[tag]!,
  };
}

type Listed = Conversation & { readonly id: number };
type Order = (one: Listed, other: Listed) => number;
const by =
  (column: 'waitingSince' | 'lastActivityAt' | 'snoozedUntil' | 'snoozedAt' | 'doneAt', sign: 1 | -1): Order =>
  (one, other) =>
    sign * ((one[column]?.getTime() ?? 0) - (other[column]?.getTime() ?? 0) || one.id - other.id);
const isWaiting = (one: Listed) => one.waitingSince !== null && !one.blocked && one.snoozedAt === null;
const isOpen = (one: Listed) => one.doneAt === null && one.snoozedAt === null;
const open = (rows: readonly Listed[]) => [
  ...rows.filter(isWaiting).toSorted(by('waitingSince', 1)),
  ...rows.filter((one) => isOpen(one) && !isWaiting(one)).toSorted(by('lastActivityAt', -1)),
];
const snoozed = (rows: readonly Listed[]) => rows.filter((one) => one.snoozedAt !== null);

/** What each view is for the operator, in other words than the queries'. */
const EXPECTED: Readonly<Record<ConversationView, (rows: readonly Listed[]) => Listed[]>> = {
  waiting: (rows) => rows.filter(isWaiting).toSorted(by('waitingSince', 1)),
  mine: (rows) => open(rows.filter(({ assigneeId }) => assigneeId === operator.userId)),
  unassigned: (rows) => open(rows.filter(({ assigneeId }) => assigneeId === null)),
  open,
  team: open,
  snoozed: (rows) => [
    ...snoozed(rows)
      .filter(({ snoozedUntil }) => snoozedUntil !== null)
      .toSorted(by('snoozedUntil', 1)),
    ...snoozed(rows)
      .filter(({ snoozedUntil }) => snoozedUntil === null)
      .toSorted(by('snoozedAt', 1)),
  ],
  done: (rows) => rows.filter(({ doneAt }) => doneAt !== null).toSorted(by('doneAt', -1)),
  mentions: (rows) => rows.filter(({ mentions, hasSeenMention }) => mentions && !hasSeenMention).toSorted(by('lastActivityAt', -1)),
  all: (rows) => rows.toSorted(by('lastActivityAt', -1)),
};

/** Of the two messages that each conversation has. */
const unreadOf = ({ read, readBefore }: Listed) => 2 - Math.max(read, readBefore);
const passes = (one: Listed, { inbox, team, assignee, tag, unread }: ConversationFilters) =>
  (inbox === undefined || (one.inboxId ?? inboxes[0]) === inbox) &&
  (team === undefined || one.teamId === team) &&
  (assignee === undefined || one.assigneeId === assignee) &&
  (tag === undefined || one.tagId === tag) &&
  (unread === undefined || unreadOf(one) > 0);

const filters = fc.record({
  inbox: some(fc.nat(1), 3),
  team: some(fc.nat(1), 3),
  assignee: some(fc.nat(1), 3),
  tag: some(fc.nat(1), 3),
  unread: some(fc.constant(true as const), 3),
});
/** A view with these filters, whose ids are indexes; the view `team` has one. */
function queryOf(view: ConversationView, { inbox, team, assignee, tag, unread }: typeof filters extends fc.Arbitrary<infer T> ? T : never) {
  const ofTeam = team ?? (view === 'team' ? 0 : undefined);
  return {
    view,
    ...(inbox === undefined ? {} : { inbox: inboxes[inbox]! }),
    ...(ofTeam === undefined ? {} : { team: teams[ofTeam]! }),
    ...(assignee === undefined ? {} : { assignee: [operator, colleague][assignee]!.userId }),
    ...(tag === undefined ? {} : { tag: tags[tag]! }),
    ...(unread === undefined ? {} : { unread }),
  };
}

async function pagesOf(query: ConversationFilters & { readonly view: ConversationView }, limit: number): Promise<RecentChat[]> {
  const rows: RecentChat[] = [];
  for (let cursor: string | undefined; ;) {
    const { chats, nextCursor } = await listView(chat.ctx, operator, { ...query, limit, cursor });
    rows.push(...chats.flatMap((row) => ('unchanged' in row ? [] : [row])));
    if (nextCursor === null) return rows;
    cursor = nextCursor;
  }
}

it('every view lists its conversations in its order, whatever their state, the filters and the size of a page, and is counted right', async () => {
  const seen = new Set<ConversationView>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(state, { minLength: 8, maxLength: 16 }),
      fc.array(filters, { minLength: CONVERSATION_VIEWS.length, maxLength: CONVERSATION_VIEWS.length }),
      fc.integer({ min: 1, max: 5 }),
      async (states, filtered, limit) => {
        await chat.db.prisma.chatMessage.deleteMany();
        await chat.db.prisma.client.deleteMany();
        const rows: Listed[] = [];
        for (const one of states.map(meant)) rows.push({ ...one, id: await addConversation(chat, operator, one) });
        const saved: { readonly id: number; readonly count: number; readonly view: ConversationView }[] = [];
        for (const [index, view] of CONVERSATION_VIEWS.entries()) {
          const query = queryOf(view, filtered[index]!);
          const expected = EXPECTED[view](rows.filter((one) => passes(one, query)));
          if (expected.length > 0) seen.add(view);
          const listed = await pagesOf(query, limit);
          expect(listed.map(({ client, unreadCount, chat: newest }) => [client.id, unreadCount, newest?.status])).toEqual(
            expected.map((one) => [one.id, unreadOf(one), one.doneAt !== null ? 'closed' : one.snoozedAt === null ? 'open' : 'snoozed']),
          );
          const { id } = await createSavedView(chat.ctx, operator, { name: view, filters: query });
          saved.push({ id, count: expected.length, view });
        }
        const counts = await countViews(chat.ctx, operator);
        for (const { id } of saved) await removeSavedView(chat.ctx, operator, id);
        const own = saved.filter(({ view }) => view !== 'done' && view !== 'all');
        expect(counts).toEqual([
          ...(['waiting', 'mine', 'unassigned', 'open', 'snoozed', 'mentions'] as const).map((view) => ({
            view,
            count: EXPECTED[view](rows).length,
          })),
          ...teams.slice(0, 2).map((team) => ({ view: 'team', team, count: open(rows.filter(({ teamId }) => teamId === team)).length })),
          // By their names, which are those of their views.
          ...own.toSorted((one, other) => (one.view < other.view ? -1 : 1)).map(({ id, count, view }) => ({ view, savedView: id, count })),
        ]);
      },
    ),
    { numRuns: 20 },
  );
  expect(seen).toEqual(new Set(CONVERSATION_VIEWS));
});

it('those who see every conversation get the counts of all teams', async () => {
  const teamsOf = async (one: OperatorActor) => (await countViews(chat.ctx, one)).flatMap(({ team }) => team ?? []);
  expect(await teamsOf(admin)).toEqual(teams);
  expect(await teamsOf(operator)).toEqual(teams.slice(0, 2));
  expect(await teamsOf(colleague)).toEqual([]);
});
