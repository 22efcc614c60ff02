import { randomUUID } from 'node:crypto';

import { ChatError, isVisible, type NewMessage } from '@switchboard/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';

import type { VisitorActor, OperatorActor } from '../../actor.ts';
import { endChat } from '../../conversations/end-chat.ts';
import { markDone } from '../../conversations/mark-done.ts';
import { chatFixture } from '../../testing/chat-fixture.ts';
import { blockVisitor } from '../../visitors/block-visitor.ts';
import { draftMessages, type Draft } from './draft.ts';
import { writeAtOnce } from './write-at-once.ts';
import { writeGroup, type SaveResult } from './write-group.ts';

const chat = chatFixture();

const KEYS = Array.from({ length: 6 }, (_, index) => `0b0e1f52-7d0c-4c6e-9a3b-6f7f6c1f2a1${index}`);

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((value) => isVisible(value) && !value.includes('\u0000'));
const name = fc.option(fc.string({ unit: 'grapheme', maxLength: 20 }));
/** The conversation's own upload, another conversation's, or a picture on another site. */
const picture = fc.constantFrom('own', 'foreign', 'elsewhere');

const message = fc.record({
  messageKey: fc.constantFrom(...KEYS),
  secondsAgo: fc.integer({ min: 0, max: 100 }),
  clientSocketId: fc.option(fc.constant('socket')),
  body: fc.oneof(
    { weight: 3, arbitrary: fc.record({ messageType: fc.constant('TEXT' as const), text }) },
    fc.record({ messageType: fc.constant('IMAGE' as const), picture, text: fc.option(text), imageName: name, mimeType: name }),
  ),
});
type Message = typeof message extends fc.Arbitrary<infer T> ? T : never;

const request = fc.record({
  from: fc.constantFrom('visitor', 'operator', 'colleague', 'on behalf'),
  messages: fc.array(message, { minLength: 1, maxLength: 3 }),
});
type Request = typeof request extends fc.Arbitrary<infer T> ? T : never;

const state = fc.constantFrom(
  'new',
  'going on',
  'going on',
  'done',
  'snoozed',
  'of a team',
  'ended by an operator',
  'ended by the visitor',
  'blocked',
);

interface Scene {
  readonly visitor: VisitorActor;
  readonly uploads: Readonly<Record<'own' | 'foreign', string>>;
}
interface Staff {
  readonly operator: OperatorActor;
  readonly colleague: OperatorActor;
  /** A team that only the colleague is in. */
  readonly teamId: number;
}

async function sceneOf(staff: Staff, standing: string): Promise<Scene> {
  const [visitor, stranger] = [await chat.visitor(), await chat.visitor()];
  const uploads = { own: await chat.upload(visitor), foreign: await chat.upload(stranger) };
  const { clientId } = visitor;
  if (standing !== 'new')
    await writeGroup(chat.ctx, [draftMessages(visitor, [{ messageKey: randomUUID(), messageType: 'TEXT', text: 'Hello?' }], chat.now)]);
  if (standing === 'done') await markDone(chat.ctx, staff.operator, { clientId, done: true });
  if (standing === 'snoozed')
    await chat.db.prisma.client.update({ where: { id: clientId }, data: { snoozedAt: chat.now, updatedAt: chat.now } });
  if (standing === 'of a team')
    await chat.db.prisma.client.update({ where: { id: clientId }, data: { teamId: staff.teamId, updatedAt: chat.now } });
  if (standing === 'ended by an operator') await endChat(chat.ctx, staff.operator, { clientId: visitor.clientId });
  if (standing === 'ended by the visitor') await endChat(chat.ctx, visitor);
  if (standing === 'blocked') await blockVisitor(chat.ctx, staff.operator, { clientId: visitor.clientId, blocked: true });
  return { visitor, uploads };
}

/** Empty when the request is refused before anything is written. */
function draftsOf({ from, messages }: Request, { visitor, uploads }: Scene, { operator, colleague }: Staff): Draft[] {
  const newMessage = ({ messageKey, secondsAgo, clientSocketId, body }: Message): NewMessage => {
    const sentAt = new Date(chat.now.getTime() - secondsAgo * 1_000).toISOString();
    const sender =
      from === 'visitor' ? {} : { clientId: visitor.clientId, ...(from === 'on behalf' ? { senderType: 'CLIENT' as const } : {}) };
    const said = { messageKey, sentAt, clientSocketId, ...sender };
    if (body.messageType === 'TEXT') return { ...said, ...body };
    const { picture: where, ...picture } = body;
    return { ...said, ...picture, imageUrl: where === 'elsewhere' ? 'https://shop.example/lamp.png' : uploads[where] };
  };
  const actor = from === 'visitor' ? visitor : from === 'colleague' ? colleague : operator;
  try {
    return draftMessages(actor, messages.map(newMessage), chat.now);
  } catch (error) {
    if (error instanceof ChatError) return [];
    throw error;
  }
}

/** The outcome that both writers must agree on, without values that differ between any two conversations. */
async function outcomeOf({ visitor, uploads }: Scene, answers: readonly (SaveResult | ChatError)[]) {
  const { clientId, sessionId } = visitor;
  const rows = await chat.messages(clientId);
  const client = await chat.client(clientId);
  const chats = await chat.db.prisma.chat.findMany({ where: { clientId }, omit: { id: true, clientId: true }, orderBy: { number: 'asc' } });
  const events = await chat.db.prisma.conversationEvent.findMany({
    where: { clientId },
    omit: { clientId: true },
    orderBy: { activitySeq: 'asc' },
  });
  return {
    chats,
    events,
    answers: answers.map((answer) => {
      if (answer instanceof ChatError) return answer.code;
      return answer.messages.map(({ id, ...message }) => ({ ...message, row: rows.findIndex((row) => row.id === id) }));
    }),
    rows: rows.map(({ id: _id, clientId: _clientId, ...row }, index) =>
      Object.assign(row, {
        // The first one was there before, with a key of its own.
        messageKey: index === 0 && !KEYS.includes(row.messageKey) ? 'before' : row.messageKey,
        sessionId: row.sessionId === sessionId ? 'own' : row.sessionId,
        imageUrl: row.imageUrl === uploads.own ? 'own' : row.imageUrl,
      }),
    ),
    // One transaction may have saved all of it, or two: the version counts transactions.
    client: { ...client, id: null, version: null },
  };
}

/** Requests that `writeAtOnce` has saved. */
let taken = 0;

/** As a saver does it: ordinary requests by `writeAtOnce`, the others by `writeGroup`. */
async function write(requests: readonly (readonly Draft[])[]): Promise<(SaveResult | ChatError)[]> {
  const atOnce = await writeAtOnce(chat.ctx, requests);
  const left = requests.filter((_, index) => atOnce[index] === undefined);
  taken += requests.length - left.length;
  const answers = left.length === 0 ? [] : await writeGroup(chat.ctx, left);
  return atOnce.map((answer) => answer ?? answers.shift() ?? new ChatError('internal', 'A request was not answered.'));
}

it('writeAtOnce and writeGroup produce the same rows, counters and refusals', async () => {
  const [operator, colleague] = [await chat.operator('Olga'), await chat.operator('Omar')];
  const { id: teamId } = await chat.db.prisma.team.create({ data: { name: 'Lamps', members: { create: { userId: colleague.userId } } } });
  const staff = { operator, colleague, teamId };
  await fc.assert(
    fc.asyncProperty(state, fc.array(request, { minLength: 1, maxLength: 3 }), async (standing, requests) => {
      const [one, other] = [await sceneOf(staff, standing), await sceneOf(staff, standing)];
      const drafts = (scene: Scene) => requests.map((given) => draftsOf(given, scene, staff)).filter((made) => made.length > 0);
      const answers = await write(drafts(one));
      expect(await outcomeOf(one, answers)).toEqual(await outcomeOf(other, await writeGroup(chat.ctx, drafts(other))));
    }),
    { numRuns: 60 },
  );
  expect(taken).toBeGreaterThan(0);
});
