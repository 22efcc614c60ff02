import { randomUUID } from 'node:crypto';

import type { ActivityPage, NoteView } from '@switchboard/protocol';
import { createMetrics } from '@switchboard/telemetry';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { createAfterCommit } from '../../parts/relay/after-commit.ts';
import { createRelayHints } from '../../parts/relay/relay-hints.ts';
import { createRelayRequests } from '../../parts/relay/relay-requests.ts';
import { installServices } from '../../services/services.ts';
import { startTestRelay, type TestRelay } from '../../testing/test-relay.ts';
import { ask, newOperator, newVisitor, useTestServer, type Person } from '../../testing/test-server.ts';
import { changeNote, createNote, listActivity, readNotes, removeNote, seeMentions } from './notes.ts';

const server = useTestServer();
let relay: TestRelay;
let maya: Person;
let omar: Person;
beforeAll(async () => {
  const { tokens, log } = server.services;
  relay = await startTestRelay(tokens);
  const hints = createRelayHints({ relay: createRelayRequests({ relayUrl: relay.url, tokens }), log, metrics: createMetrics('test') });
  installServices({ ...server.services, hints, afterCommit: createAfterCommit({ ...server.services, hints }) });
  [maya, omar] = [await newOperator(server.services, 'Maya'), await newOperator(server.services, 'Omar')];
});
afterAll(async () => await relay.close());

type Handler = (request: Request, context: { readonly params: Promise<{ readonly id: string }> }) => Promise<Response>;

/** Calls the handler of a path with `{id}`. */
async function call(handler: Handler, method: string, id: number, body?: object, { headers } = maya, query = '') {
  const response = await handler(ask(method, `/x?${query}`, { headers, body }), { params: Promise.resolve({ id: String(id) }) });
  const answer: unknown = await response.json();
  return { status: response.status, answer: answer as NoteView & ActivityPage & { error: { code: string; current: unknown } } };
}
const add = async (visitor: Person, more: object = {}) =>
  await call(createNote, 'POST', visitor.id, { noteKey: randomUUID(), text: 'They want a lamp.', ...more });

it('adds, changes and deletes a note, and notifies the consoles of activity alone, without its text', async () => {
  const visitor = await newVisitor();
  const { status, answer: note } = await add(visitor, { mentions: [omar.id] });
  expect([status, note.text, note.mentions]).toEqual([201, 'They want a lamp.', [omar.id]]);
  const hint = { event: 'conversationChanged', clientId: visitor.sessionId, lastSeq: 0, what: ['activity'] };
  await expect.poll(() => relay.batches.flat()).toContainEqual(expect.objectContaining(hint));
  const edit = { text: 'They want two.', mentions: [], expected: { version: 1 } };
  const edited = await call(changeNote, 'PATCH', note.id, edit);
  expect(edited).toMatchObject({ status: 200, answer: { text: 'They want two.', version: 2, mentions: [] } });
  const late = await call(changeNote, 'PATCH', note.id, { ...edit, text: 'They want three.' });
  expect(late).toMatchObject({ status: 409, answer: { error: { code: 'conflict', current: edited.answer } } });
  expect(await call(removeNote, 'DELETE', note.id, undefined, omar)).toMatchObject({ status: 403 });
  expect(await call(removeNote, 'DELETE', note.id)).toMatchObject({ status: 200, answer: { text: '', version: 3 } });
  expect(await call(readNotes, 'GET', visitor.id)).toMatchObject({ status: 200, answer: { items: [], nextCursor: null } });
  const { answer: activity } = await call(listActivity, 'GET', visitor.id, undefined, omar, 'afterActivitySeq=1&limit=2');
  expect(activity).toMatchObject({
    items: [
      { type: 'note', activitySeq: 2, note: { text: '', version: 3 } },
      { type: 'event', activitySeq: 3, kind: 'note_edited', note: { version: 3 } },
    ],
    lastActivitySeq: 4,
    hasMore: true,
  });
  await server.services.hints.settled();
  expect(JSON.stringify(relay.batches)).not.toMatch(/lamp|They want/);
});

it('marks the mentions of the caller as seen', async () => {
  const visitor = await newVisitor();
  await add(visitor, { mentions: [omar.id, maya.id] });
  const see = async (who: Person) => await call(seeMentions, 'POST', visitor.id, { upToActivitySeq: 2 }, who);
  expect(await see(omar)).toEqual({ status: 200, answer: { unseen: 0 } });
  expect(await server.services.db.prisma.mention.count({ where: { clientId: visitor.id, seenAt: null } })).toBe(1);
});

it.each([
  [{ text: '' }, 'text'],
  [{ text: ' \n\u200B' }, 'text'],
  [{ text: 'x'.repeat(10_001) }, 'text'],
  [{ text: 'a\u0000b' }, 'text'],
  [{ noteKey: 'mine' }, 'noteKey'],
  [{ mentions: [1, 1] }, 'mentions'],
  [{ mentions: Array.from({ length: 21 }, (_, index) => index + 1) }, 'mentions'],
  [{ mentions: [99_999_999] }, 'mentions'],
])('refuses a note with %j and names the field', async (more, field) => {
  const { status, answer } = await add(await newVisitor(), more);
  expect(status).toBe(400);
  expect(answer.error).toMatchObject({ code: 'invalid_request', fields: { [field]: expect.any(String) } });
});
