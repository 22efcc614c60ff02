import { expect, it } from 'vitest';

import { chatFixture, codeOf, NOW } from '../testing/chat-fixture.ts';
import { addConversation } from '../testing/conversations.ts';
import { listRecentChats } from './list-recent-chats.ts';
import { readConversation } from './read-conversation.ts';

const chat = chatFixture();
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
const PLAIN = {
  lastActivityAt: NOW,
  doneAt: null,
  waitingSince: NOW,
  blocked: false,
  snoozedAt: null,
  snoozedUntil: null,
  assigneeId: null,
  teamId: null,
  inboxId: null,
  tagId: null,
  mentions: false,
  hasSeenMention: false,
  read: 0,
  readBefore: 0,
};

it('a row shows the newest chat: who has it, where it belongs, its state and its tags', async () => {
  const operator = await chat.operator('Olga');
  const { prisma } = chat.db;
  const team = await prisma.team.create({ data: { name: 'Sales' } });
  const [usual, other] = [
    await prisma.inbox.findFirstOrThrow({ where: { isDefault: true } }),
    await prisma.inbox.create({ data: { key: 'shop', name: 'Shop' } }),
  ];
  const tags = [];
  for (const name of ['urgent', 'Billing']) tags.push(await prisma.tag.create({ data: { name, nameKey: name.toLowerCase() } }));
  const assigned = { ...PLAIN, assigneeId: operator.userId, teamId: team.id, inboxId: other.id, snoozedAt: NOW, snoozedUntil: later(60) };
  const id = await addConversation(chat, operator, { ...assigned, tagId: tags[0]!.id });
  const newest = await prisma.chat.findFirstOrThrow({ where: { clientId: id } });
  await prisma.chatTag.create({ data: { chatId: newest.id, tagId: tags[1]!.id } });
  const { chat: shown } = await readConversation(chat.ctx, operator, id);
  expect(shown).toEqual({
    id: newest.id,
    number: 1,
    status: 'snoozed',
    snoozedUntil: later(60).toISOString(),
    assignee: { id: operator.userId, name: 'Olga' },
    team: { id: team.id, name: 'Sales' },
    inbox: { id: other.id, name: 'Shop' },
    waitingSince: NOW.toISOString(),
    openedAt: NOW.toISOString(),
    closedAt: null,
    tags: [
      { id: tags[1]!.id, name: 'Billing' },
      { id: tags[0]!.id, name: 'urgent' },
    ],
    rating: null,
  });
  const plain = await addConversation(chat, operator, PLAIN);
  expect((await readConversation(chat.ctx, operator, plain)).chat).toMatchObject({
    status: 'open',
    assignee: null,
    team: null,
    inbox: { id: usual.id, name: usual.name },
    tags: [],
  });
  // The list of old front-ends has it, too; before the first chat there is none.
  const silent = await chat.visitor();
  const rows = await listRecentChats(chat.ctx, operator);
  expect(new Map(rows.map((row) => [row.client.id, row.chat?.status ?? null]))).toEqual(
    new Map([
      [id, 'snoozed'],
      [plain, 'open'],
      [silent.clientId, null],
    ]),
  );
});

it('a conversation has its earlier chats, newest first, at most fifty', async () => {
  const [operator, removed] = [await chat.operator('Olga'), await chat.operator('Otto')];
  const { prisma } = chat.db;
  const clientId = await addConversation(chat, operator, PLAIN);
  expect((await readConversation(chat.ctx, operator, clientId)).chats).toEqual([]);
  await prisma.chat.updateMany({ where: { clientId }, data: { closedAt: later(1), closedById: operator.userId, rating: 4 } });
  await prisma.chat.create({
    data: {
      clientId,
      number: 2,
      firstSeq: 3,
      openedAt: later(2),
      closedAt: later(3),
      closedById: removed.userId,
      assigneeId: operator.userId,
    },
  });
  await prisma.chat.create({ data: { clientId, number: 3, firstSeq: 4, openedAt: later(4) } });
  await prisma.client.update({ where: { id: clientId }, data: { chatNumber: 3 } });
  await prisma.user.delete({ where: { id: removed.userId } });
  const { chats, chat: newest } = await readConversation(chat.ctx, operator, clientId);
  expect(newest).toMatchObject({ number: 3, openedAt: later(4).toISOString() });
  expect(chats).toEqual([
    expect.objectContaining({ number: 2, closedBy: null, assignee: { id: operator.userId, name: 'Olga' }, rating: null }),
    {
      id: expect.any(Number),
      number: 1,
      openedAt: NOW.toISOString(),
      closedAt: later(1).toISOString(),
      closedBy: { id: operator.userId, name: 'Olga' },
      assignee: null,
      rating: 4,
    },
  ]);
  await prisma.chat.createMany({
    data: Array.from({ length: 57 }, (_, index) => ({ clientId, number: index + 4, firstSeq: 5, openedAt: NOW, closedAt: NOW })),
  });
  await prisma.client.update({ where: { id: clientId }, data: { chatNumber: 60 } });
  const many = (await readConversation(chat.ctx, operator, clientId)).chats.map(({ number }) => number);
  expect([many.length, many[0], many.at(-1)]).toEqual([50, 59, 10]);
});

it('is for operators, and a conversation that does not exist is not found', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  expect(await codeOf(readConversation(chat.ctx, visitor, visitor.clientId))).toBe('forbidden');
  expect(await codeOf(readConversation(chat.ctx, { kind: 'anonymous' }, visitor.clientId))).toBe('unauthenticated');
  for (const id of [0, 99_999_999, 9_999_999_999]) expect(await codeOf(readConversation(chat.ctx, operator, id))).toBe('not_found');
  expect(await readConversation(chat.ctx, operator, visitor.clientId)).toMatchObject({ client: { pages: [] }, readers: [], chats: [] });
});
