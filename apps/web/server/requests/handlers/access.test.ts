import { randomUUID } from 'node:crypto';

import { ENDPOINTS, type AnswerOf } from '@switchboard/protocol';
import { beforeAll, describe, expect, it } from 'vitest';

import { HANDLERS } from '../../routes.ts';
import { installServices } from '../../services/services.ts';
import { ask, closedLimits, newOperator, newVisitor, text, useTestServer, type Person } from '../../testing/test-server.ts';
import type { AdmittedName } from '../route.ts';
import type { Attempt, Who } from './access/attempt.ts';
import { noteAndTagAttempts } from './access/notes-and-tags.ts';
import { peopleAttempts } from './access/people.ts';
import { keepDraft, readDrafts } from './drafts.ts';
import { createNote, listActivity, readNotes } from './notes.ts';
import { conversationAttempts } from './access/conversations.ts';
import { readMessages, saveMessages } from './messages.ts';
import { saveView } from './saved-views.ts';

const server = useTestServer();

let people: Record<Exclude<Who, 'anonymous'>, Person>;
/** A view that the operator has saved. */
let viewId: number;
beforeAll(async () => {
  people = {
    a: await newVisitor('Ann'),
    b: await newVisitor('Bea'),
    operator: await newOperator(server.services),
    supervisor: await newOperator(server.services, 'Sue', 'SUPERVISOR'),
    admin: await newOperator(server.services, 'Grace', 'ADMIN'),
  };
  await saveMessages(ask('POST', '/api/chat/messages', { headers: people.a.headers, body: { messages: [text('the secret of A')] } }));
  const params = Promise.resolve({ id: String(people.a.id) });
  const write = { headers: people.operator.headers, body: { noteKey: randomUUID(), text: 'a word among operators about A' } };
  await createNote(ask('POST', '/', write), { params });
  const begin = { headers: people.operator.headers, body: { kind: 'reply', text: 'a word among operators, begun', version: 1 } };
  await keepDraft(ask('PUT', '/', begin), { params });
  const view = { name: 'Of the operator', filters: { view: 'waiting' } };
  const saved = await saveView(ask('POST', '/api/v1/saved-views', { headers: people.operator.headers, body: view }));
  viewId = ((await saved.json()) as AnswerOf<'POST /api/v1/saved-views'>).id;
});

const form = (clientId: number) => {
  const data = new FormData();
  data.set('clientId', String(clientId));
  data.set('file', new File(['no image'], 'a.png'));
  return data;
};
const ofA = () => ({ id: String(people.a.id) });
const IMAGE_ID = '0191d2a4-0000-4000-8000-000000000001';

/** At least one row for every endpoint that `admit` protects: without it this does not compile. */
const ATTEMPTS: Readonly<Record<AdmittedName, readonly [Attempt, ...Attempt[]]>> = {
  'GET /api/chat/messages': [
    {
      request: (headers) => ask('GET', `/api/chat/messages?clientId=${people.a.id}`, { headers }),
      expected: { anonymous: 401, a: 200, b: 404, operator: 200, admin: 200 },
    },
  ],
  'POST /api/chat/messages': [
    {
      request: (headers) => ask('POST', '/api/chat/messages', { headers, body: { messages: [text('hi', { clientId: people.a.id })] } }),
      expected: { anonymous: 401, a: 200, b: 404, operator: 200, admin: 200 },
    },
    {
      how: 'by session',
      request: (headers) =>
        ask('POST', '/api/chat/messages', { headers, body: { messages: [text('hi', { sessionId: people.a.sessionId })] } }),
      expected: { anonymous: 401, a: 200, b: 404, operator: 200, admin: 200 },
    },
  ],
  'POST /api/chat/receipts': [
    {
      request: (headers) => ask('POST', '/api/chat/receipts', { headers, body: { readSeq: 1, clientId: people.a.id } }),
      expected: { anonymous: 401, a: 200, b: 404, operator: 200, admin: 200 },
    },
  ],
  'GET /api/chat/recent': [
    {
      request: (headers) => ask('GET', '/api/chat/recent?limit=5', { headers }),
      expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
    },
    {
      how: 'by view',
      request: (headers) => ask('GET', '/api/chat/recent?view=open', { headers }),
      expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
    },
    {
      how: 'by ids',
      request: (headers) => ask('GET', `/api/chat/recent?ids=${people.a.id}`, { headers }),
      expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
    },
  ],
  'POST /api/chat/block': [
    {
      request: (headers) => ask('POST', '/api/chat/block', { headers, body: { clientId: people.a.id, blocked: false } }),
      expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
    },
  ],
  'POST /api/chat/done': [
    {
      request: (headers) => ask('POST', '/api/chat/done', { headers, body: { clientId: people.a.id, done: true } }),
      expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
    },
  ],
  'POST /api/chat/page': [
    {
      request: (headers) => ask('POST', '/api/chat/page', { headers, body: { url: 'https://shop.example/lamps' } }),
      expected: { anonymous: 401, a: 200, b: 200, operator: 403, admin: 403 },
    },
  ],
  'POST /api/chat/token': [
    {
      request: (headers) => ask('POST', '/api/chat/token', { headers }),
      expected: { anonymous: 401, a: 200, b: 200, operator: 200, admin: 200 },
    },
  ],
  'POST /api/chat/timings': [
    {
      request: (headers) => ask('POST', '/api/chat/timings', { headers, body: { saved: [12] } }),
      expected: { anonymous: 401, a: 202, b: 202, operator: 202, admin: 202 },
    },
  ],
  'POST /api/chat/uploads': [
    {
      // 415: admitted, but the file is no image. A visitor's clientId is ignored: the token determines the conversation.
      request: (headers) => ask('POST', '/api/chat/uploads', { headers, body: form(people.a.id) }),
      expected: { anonymous: 401, a: 415, b: 415, operator: 415, admin: 415 },
    },
  ],
  'POST /api/v1/conversations/{id}/reopen': [
    {
      request: (headers) => ask('POST', `/api/v1/conversations/${people.a.id}/reopen`, { headers, body: undefined }),
      params: ofA,
      expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
    },
  ],
  'POST /api/v1/conversations/{id}/assignment': [
    {
      request: (headers) =>
        ask('POST', `/api/v1/conversations/${people.a.id}/assignment`, {
          headers,
          body: { assigneeId: null, expected: { assigneeId: null } },
        }),
      params: ofA,
      expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
    },
  ],
  'POST /api/v1/conversations/{id}/snooze': [
    {
      request: (headers) => ask('POST', `/api/v1/conversations/${people.a.id}/snooze`, { headers, body: { snoozed: false } }),
      params: ofA,
      expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
    },
  ],
  'POST /api/v1/conversations/{id}/close': [
    {
      request: (headers) => ask('POST', `/api/v1/conversations/${people.a.id}/close`, { headers, body: {} }),
      params: ofA,
      expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
    },
  ],
  'POST /api/v1/conversations/{id}/block': [
    {
      request: (headers) => ask('POST', `/api/v1/conversations/${people.a.id}/block`, { headers, body: { blocked: false } }),
      params: ofA,
      expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
    },
  ],
  'GET /api/v1/settings': [
    {
      request: (headers) => ask('GET', '/api/v1/settings', { headers }),
      expected: { anonymous: 401, a: 403, b: 403, operator: 200, admin: 200 },
    },
  ],
  'PATCH /api/v1/settings': [
    {
      // 409: let in, and found to know an older version than there is.
      request: (headers) =>
        ask('PATCH', '/api/v1/settings', {
          headers,
          body: { changes: [{ key: 'widget.color', value: '#c04', expected: { version: 1_000 } }] },
        }),
      expected: { anonymous: 401, a: 403, b: 403, operator: 403, admin: 409 },
    },
  ],
  ...noteAndTagAttempts(() => people.a),
  ...conversationAttempts(() => ({ visitor: people.a, viewId })),
  ...peopleAttempts,
  'POST /api/chat/sessions': [
    {
      how: 'for a visitor',
      request: (headers) => ask('POST', '/api/chat/sessions', { headers, body: { username: 'Cleo' } }),
      expected: { anonymous: 201, a: 201, b: 201, operator: 201, admin: 201 },
    },
    {
      how: 'for an old front-end',
      request: (headers) => ask('POST', '/api/chat/sessions', { headers, body: { clientSocketId: 'socket-of-A', username: 'Old Ann' } }),
      expected: { anonymous: 401, a: 401, b: 401, operator: 201, admin: 201 },
    },
  ],
  'GET /api/chat/uploads/{id}': [
    {
      how: 'without a signature',
      request: (headers) => ask('GET', `/api/chat/uploads/${IMAGE_ID}`, { headers }),
      params: () => ({ id: IMAGE_ID }),
      expected: { anonymous: 403, a: 403, b: 403, operator: 403, admin: 403 },
    },
  ],
  'GET /api/v1/openapi.json': [
    {
      request: (headers) => ask('GET', '/api/v1/openapi.json', { headers }),
      expected: { anonymous: 200, a: 200, b: 200, operator: 200, admin: 200 },
    },
  ],
  // Must be last: a visitor who has ended the chat can do nothing afterwards.
  'POST /api/chat/end': [
    {
      request: (headers) => ask('POST', '/api/chat/end', { headers, body: { clientId: people.a.id } }),
      expected: { anonymous: 401, a: 200, b: 404, operator: 200, admin: 200 },
    },
  ],
};

const CASES = (Object.keys(ATTEMPTS) as AdmittedName[]).flatMap((name) =>
  ATTEMPTS[name].flatMap((attempt) =>
    Object.entries({ supervisor: attempt.expected.operator, ...attempt.expected }).map(
      ([who, status]) => [attempt.how === undefined ? name : `${name} ${attempt.how}`, who as Who, status, name, attempt] as const,
    ),
  ),
);

/** The response to an attempt by a person. */
async function answerTo(name: AdmittedName, { request, params = () => ({}) }: Attempt, who: Who): Promise<Response> {
  const headers = who === 'anonymous' ? {} : people[who].headers;
  return await HANDLERS[name](request(headers), { params: Promise.resolve(typeof params === 'function' ? params() : params) });
}

describe('access', () => {
  it.each(CASES)('%s by %s is answered %i', async (_title, who, status, name, attempt) => {
    const response = await answerTo(name, attempt, who);
    expect(response.status).toBe(status);
    const text = await response.text();
    const stranger = who === 'b' || who === 'anonymous';
    expect(stranger && text.includes('the secret of A')).toBe(false);
    const isOperator = who === 'operator' || who === 'supervisor' || who === 'admin';
    expect(!isOperator && text.includes('a word among operators')).toBe(false);
    const body: unknown = JSON.parse(text);
    // A refusal has the contract's shape; an answer has the shape in the table, without additional fields.
    expect(Object.hasOwn(body as object, 'error')).toBe(status >= 400);
    const { response: documented } = ENDPOINTS[name];
    const parsed = status < 400 && documented.kind === 'json' ? documented.schema.parse(body) : body;
    expect(parsed).toEqual(body);
  });

  it.each(CASES)('%s by %s is rate limited', async (_title, who, _status, name, attempt) => {
    installServices({ ...server.services, limits: closedLimits() });
    const response = await answerTo(name, attempt, who);
    installServices(server.services);
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, '7']);
  });

  it('the operators have written something to each other that no visitor was answered', async () => {
    const { headers } = people.operator;
    const params = Promise.resolve({ id: String(people.a.id) });
    for (const handler of [listActivity, readNotes, readDrafts])
      expect(await (await handler(ask('GET', '/', { headers }), { params })).text()).toContain('a word among operators');
  });

  it('another visitor’s conversation is answered like one that does not exist', async () => {
    const ask404 = async (clientId: number) =>
      await (await readMessages(ask('GET', `/api/chat/messages?clientId=${clientId}`, { headers: people.b.headers }))).text();
    expect(await ask404(people.a.id)).toBe(await ask404(999_999));
  });
});
