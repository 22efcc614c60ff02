import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { ask, newOperator, newVisitor, useTestServer, type Person } from '../../testing/test-server.ts';
import { setBlocked as block, notePage as page } from './visitors.ts';
import { addCannedReply } from './canned-replies.ts';
import { setDone as done, listChats as recent } from './chats.ts';
import { keepDraft, readDrafts } from './drafts.ts';
import { endConversation as end, openSession as sessions, renewToken as token } from './sessions.ts';
import { changeNote, createNote, listActivity, readNotes } from './notes.ts';
import { listConversations } from './conversations.ts';
import { readMessages as read, saveMessages as save, sendMessage } from './messages.ts';
import { changeView, saveView } from './saved-views.ts';
import { saveReceipts as receipts } from './receipts.ts';
import { setSettings as settings } from './settings.ts';
import { addTag, tagConversation } from './tags.ts';
import { noteTimings as timings } from './timings.ts';
import { readUpload as image, uploadImage as upload } from './uploads.ts';

const server = useTestServer({ SESSIONS_PER_MINUTE: '100000' });
let people: readonly Pick<Person, 'headers'>[];
/** The id in paths: that of the visitor’s conversation. */
let id: string;
beforeAll(async () => {
  const visitor = await newVisitor('Ann');
  id = String(visitor.id);
  people = [{ headers: {} }, visitor, await newOperator(server.services), await newOperator(server.services, 'Grace', 'ADMIN')];
});

/** Names that routes use, among others: fully random input would be refused at the first check. */
const NAMES = (
  'messages messageKey messageType text imageUrl imageName mimeType sentAt sessionId clientId clientSocketId senderType username phone email pageUrl ' +
  'locale resumeToken deliveredSeq readSeq relayed saved outboxAge blocked __proto__ constructor toString limit afterSeq beforeSeq e s done lastSeq view cursor ids addresses url at changes key value expected version widget.color widget.sites noteKey mentions name tagIds shortcut scope teamId kind afterActivitySeq beforeActivitySeq filters unread team tag known'
).split(' ');
const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<unknown>(
      null,
      true,
      -1,
      0,
      1,
      2 ** 31,
      2 ** 53,
      1e308,
      '',
      'TEXT',
      'IMAGE',
      'CLIENT',
      '\u0000',
      '\uD800',
      '💡',
      '2026-11-23T10:00:00.000Z',
    ),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.uuid(),
    fc.string({ minLength: 5_000, maxLength: 9_000 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 6 }),
  ),
})).value;

const raw = fc.oneof(
  { weight: 6, arbitrary: value.map((content) => JSON.stringify(content) ?? '') },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.constantFrom('{', '[[[[[[', '['.repeat(20_000), '{"a":1', '﻿{}', '"\\ud800"') },
);
const query = fc
  .array(fc.tuple(fc.constantFrom(...NAMES), fc.string({ unit: 'binary', maxLength: 30 })), { maxLength: 4 })
  .map((pairs) => new URLSearchParams(pairs).toString());

type Handler = (request: Request, context?: { readonly params: Promise<{ readonly id: string }> }) => Promise<Response>;
/** The parameters of the path. */
const context = () => ({ params: Promise.resolve({ id }) });
const POSTS: readonly (readonly [string, Handler])[] = [
  ['messages', save],
  ['sessions', sessions],
  ['receipts', receipts],
  ['timings', timings],
  ['token', token],
  ['end', end],
  ['block', block],
  ['done', done],
  ['page', page],
  ['settings', settings],
  ['notes', createNote],
  ['note', changeNote],
  ['tags', addTag],
  ['tags of a conversation', tagConversation],
  ['canned replies', addCannedReply],
  ['draft', keepDraft],
  ['send', async (request) => await sendMessage(request, { params: Promise.resolve({ id: '1' }) })],
  ['save a view', saveView],
  ['change a view', async (request) => await changeView(request, { params: Promise.resolve({ id: '1' }) })],
];

/** Why an answer violates the contract or reveals internals; undefined if it does neither. */
async function complaintAbout(response: Response): Promise<string | undefined> {
  const text = await response.text();
  const { error, ...rest } = JSON.parse(text) as { error?: { code?: unknown; message?: unknown; retryable?: unknown } };
  if (response.status === 500) return `500: ${text}`;
  if (response.status < 400) return error === undefined ? undefined : `${response.status} with an error: ${text}`;
  const isOurs = typeof error?.code === 'string' && typeof error.message === 'string' && typeof error.retryable === 'boolean';
  if (!isOurs || Object.keys(rest).length > 0) return `not in the contract's words: ${text}`;
  return /prisma|postgres|at .*\.ts|node_modules/i.test(text) ? `reveals internals: ${text}` : undefined;
}

describe('any input by any caller is answered according to the contract', () => {
  it.each(POSTS)('POST %s', async (name, handler) => {
    await fc.assert(
      fc.asyncProperty(raw, query, fc.nat({ max: 3 }), async (body, search, who) => {
        const headers = { 'content-type': 'application/json', ...people[who]?.headers };
        expect(
          await complaintAbout(await handler(ask('POST', `/api/chat/${encodeURI(name)}?${search}`, { headers, body }), context())),
        ).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    ['messages', read],
    ['recent', recent],
    ['notes', readNotes],
    ['activity', listActivity],
    ['drafts', readDrafts],
    ['conversations', listConversations],
  ] as readonly (readonly [string, Handler])[])('GET %s', async (name, handler) => {
    await fc.assert(
      fc.asyncProperty(query, fc.nat({ max: 3 }), async (search, who) => {
        expect(
          await complaintAbout(
            await handler(ask('GET', `/api/chat/${name}?${search}`, { headers: people[who]?.headers ?? {} }), context()),
          ),
        ).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });

  it('uploads and their links', async () => {
    const field = fc.tuple(fc.constantFrom('file', 'clientId', 'x'), fc.string({ unit: 'binary', maxLength: 2_000 }), fc.boolean());
    await fc.assert(
      fc.asyncProperty(
        fc.array(field, { maxLength: 3 }),
        fc.nat({ max: 3 }),
        fc.string({ maxLength: 40 }),
        query,
        async (fields, who, id, search) => {
          const form = new FormData();
          for (const [name, content, isFile] of fields) form.append(name, isFile ? new File([content], content.slice(0, 40)) : content);
          expect(
            await complaintAbout(await upload(ask('POST', '/api/chat/uploads', { headers: people[who]?.headers ?? {}, body: form }))),
          ).toBeUndefined();
          const asked = ask('GET', `/api/chat/uploads/x?${search}`);
          expect(await complaintAbout(await image(asked, { params: Promise.resolve({ id }) }))).toBeUndefined();
        },
      ),
      { numRuns: 100 },
    );
  });
});
