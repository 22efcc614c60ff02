import { randomUUID } from 'node:crypto';

import type { MessagesPage, MessageView, SaveMessagesResponse, StartSessionResponse } from '@switchboard/protocol';
import { createMetrics } from '@switchboard/telemetry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createAfterCommit } from '../../parts/relay/after-commit.ts';
import { createRelayHints } from '../../parts/relay/relay-hints.ts';
import { createRelayRequests } from '../../parts/relay/relay-requests.ts';
import { createRevocationSender } from '../../parts/relay/revocation-sender.ts';
import { installServices, services } from '../../services/services.ts';
import { startTestRelay, type TestRelay } from '../../testing/test-relay.ts';
import { ask, newOperator, newVisitor, text, useTestServer, type Person } from '../../testing/test-server.ts';
import { setBlocked as block } from './visitors.ts';
import { endConversation as end, openSession as sessions, renewToken as token } from './sessions.ts';
import { readMessages as read, saveMessages as save } from './messages.ts';
import { saveReceipts as receipts } from './receipts.ts';

const server = useTestServer();

let relay: TestRelay;
let operator: Person;
beforeAll(async () => {
  const { tokens, log, chat } = server.services;
  relay = await startTestRelay(tokens);
  const shared = { relay: createRelayRequests({ relayUrl: relay.url, tokens }), log, metrics: createMetrics('test') };
  const [hints, revocations] = [createRelayHints(shared), createRevocationSender({ chat, ...shared })];
  installServices({ ...server.services, hints, revocations, afterCommit: createAfterCommit({ ...server.services, hints, revocations }) });
  operator = await newOperator(server.services, 'Maya');
});
afterAll(async () => await relay.close());
const hinted = () => relay.batches.flat();

const post = async (person: Person, ...messages: Record<string, unknown>[]) =>
  await save(ask('POST', '/api/chat/messages', { headers: person.headers, body: { messages } }));
const page = async (person: Person, query = '') =>
  (await (await read(ask('GET', `/api/chat/messages?${query}`, { headers: person.headers }))).json()) as MessagesPage;
const start = async (body: object, headers: Record<string, string> = {}) => {
  const response = await sessions(ask('POST', '/api/chat/sessions', { headers, body }));
  return { status: response.status, response, ...((await response.json()) as StartSessionResponse) };
};

describe('saving and reading', () => {
  it('numbers messages, answers a repeat with the first row and notifies the relay', async () => {
    const visitor = await newVisitor();
    const one = text('one');
    const first = (await (await post(visitor, one, text('two'))).json()) as SaveMessagesResponse;
    expect(first.messages.map(({ seq, duplicate }) => [seq, duplicate])).toEqual([
      [1, false],
      [2, false],
    ]);
    const repeat = (await (await post(visitor, one)).json()) as SaveMessagesResponse;
    expect(repeat.messages[0]).toMatchObject({ id: first.messages[0]?.id, seq: 1, duplicate: true });
    const news = {
      event: 'conversationChanged',
      clientId: visitor.sessionId,
      lastSeq: 2,
      what: ['messages'],
      audience: { teamId: null, assigneeId: null },
    };
    await expect.poll(hinted).toContainEqual(news);
    // The first answer was lost, so its hint may have been lost, too.
    const count = () => hinted().filter((hint) => JSON.stringify(hint) === JSON.stringify(news)).length;
    await services().hints.settled();
    const before = count();
    await post(visitor, one);
    await expect.poll(count).toBe(before + 1);
  });

  it('answers both sides the same messages, with the operator’s name', async () => {
    const visitor = await newVisitor();
    await post(visitor, text('<b>hello</b>'));
    expect((await post(operator, text('Good day', { clientId: visitor.id }))).status).toBe(200);
    const seen = await page(visitor);
    expect(seen.messages.map(({ senderType, text: words, operatorName }) => [senderType, words, operatorName])).toEqual([
      ['CLIENT', '<b>hello</b>', null],
      ['OPERATOR', 'Good day', 'Maya'],
    ]);
    // A visitor gets an operator's name, not their id.
    const consoleSees = await page(operator, `clientId=${visitor.id}`);
    expect(consoleSees.messages[1]?.operatorId).toBe(operator.id);
    const shown = ({ operatorId: _number, ...rest }: MessageView) => rest;
    expect(consoleSees.messages.map(shown)).toEqual(seen.messages.map(shown));
    expect((await page(visitor, 'afterSeq=1')).messages).toEqual(seen.messages.slice(1));
  });

  it('refuses a batch as a whole', async () => {
    const visitor = await newVisitor();
    expect((await post(visitor, text('good'), text(''))).status).toBe(400);
    expect((await page(visitor)).lastSeq).toBe(0);
  });

  it.each(['afterSeq=1&beforeSeq=2', 'afterSeq=-1', 'limit=0', 'limit=9999', 'clientId=1e3', 'afterSeq='])(
    'refuses the query %s',
    async (query) => {
      const visitor = await newVisitor();
      const response = await read(ask('GET', `/api/chat/messages?${query}`, { headers: visitor.headers }));
      expect(response.status).toBe(400);
    },
  );
});

describe('receipts, tokens and the end', () => {
  it('raises receipts, never lowers them, and notifies the other side', async () => {
    const visitor = await newVisitor();
    await post(operator, text('one', { clientId: visitor.id }), text('two', { clientId: visitor.id }));
    const send = async (body: object) => await receipts(ask('POST', '/api/chat/receipts', { headers: visitor.headers, body }));
    expect(await (await send({ deliveredSeq: 2, readSeq: 1 })).json()).toMatchObject({ clientDeliveredSeq: 2, clientReadSeq: 1 });
    expect(await (await send({ deliveredSeq: 1, readSeq: 0 })).json()).toMatchObject({ clientDeliveredSeq: 2, clientReadSeq: 1 });
    await expect
      .poll(hinted)
      .toContainEqual({ event: 'messagesSeen', clientId: visitor.sessionId, by: 'client', deliveredSeq: 2, readSeq: 1 });
    expect((await send({})).status).toBe(400);
  });

  it('renews a token for the same person', async () => {
    const visitor = await newVisitor('Ann');
    const fresh = async (person: Person) => {
      const { token: minted } = (await (await token(ask('POST', '/api/chat/token', { headers: person.headers }))).json()) as {
        token: string;
      };
      return await server.services.tokens.verifyRelayToken(minted);
    };
    expect(await fresh(visitor)).toEqual({
      role: 'client',
      id: visitor.id,
      name: 'Ann',
      sessionId: visitor.sessionId,
      audience: { teamId: null, assigneeId: null },
      until: expect.any(Number),
      issuedAt: expect.any(Number),
      expiresAt: expect.any(Number),
    });
    expect(await fresh(operator)).toEqual({
      role: 'operator',
      id: operator.id,
      name: 'Maya',
      issuedAt: expect.any(Number),
      expiresAt: expect.any(Number),
    });
  });

  it('blocks a visitor, closes their connections at the relay, and notifies the consoles', async () => {
    const visitor = await newVisitor();
    await post(visitor, text('spam'));
    const set = async (blocked: boolean) =>
      await (await block(ask('POST', '/api/chat/block', { headers: operator.headers, body: { clientId: visitor.id, blocked } }))).json();
    const news = {
      event: 'conversationChanged',
      clientId: visitor.sessionId,
      lastSeq: 1,
      visitorChanged: true,
      what: ['state', 'activity'],
      audience: { teamId: null, assigneeId: null },
    };
    const revoked = { event: 'revoked', role: 'client', id: visitor.id, at: expect.any(Number), address: visitor.sessionId };
    expect(await set(true)).toEqual({ blockedAt: expect.stringMatching(/Z$/) });
    await expect.poll(hinted).toContainEqual(revoked);
    await expect.poll(hinted).toContainEqual(news);
    const refused = await post(visitor, text('more spam'));
    expect(refused.status).toBe(403);
    expect(await refused.json()).toEqual({
      error: { code: 'blocked', message: 'You can’t use this chat any more.', retryable: false, reason: 'you_are_blocked' },
    });
    expect((await token(ask('POST', '/api/chat/token', { headers: visitor.headers }))).status).toBe(403);
    const again = await start({ username: 'Ann', resumeToken: visitor.resumeToken });
    expect(again.status).toBe(403);
    const before = hinted().filter(({ event }) => event === 'revoked').length;
    expect(await set(false)).toEqual({ blockedAt: null });
    expect((await post(visitor, text('sorry'))).status).toBe(200);
    await expect.poll(() => hinted().filter((hint) => 'visitorChanged' in hint && hint.clientId === visitor.sessionId)).toHaveLength(2);
    expect(hinted().filter(({ event }) => event === 'revoked')).toHaveLength(before);
  });

  it('a visitor who ends the chat loses access: their token is refused, and the relay closes their connections', async () => {
    const visitor = await newVisitor();
    await post(visitor, text('thanks'));
    const over = async () => await end(ask('POST', '/api/chat/end', { headers: visitor.headers, body: {} }));
    const ended = (await (await over()).json()) as { endedAt: string };
    const news = () =>
      hinted().filter(
        (hint) => hint.event === 'conversationChanged' && hint.clientId === visitor.sessionId && hint.visitorChanged === true,
      );
    await expect.poll(news).toHaveLength(1);
    expect(await (await over()).json()).toEqual(ended);
    // Sent again: the first answer may have been lost, and its hint with it.
    await expect.poll(news).toHaveLength(2);
    expect((await page(visitor)).endedAt).toBe(ended.endedAt);
    expect((await post(visitor, text('one more thing'))).status).toBe(401);
    expect((await token(ask('POST', '/api/chat/token', { headers: visitor.headers }))).status).toBe(401);
    expect((await start({ username: 'Ann', resumeToken: visitor.resumeToken })).status).toBe(404);
    const address = visitor.sessionId;
    await expect.poll(hinted).toContainEqual({ event: 'chatEnded', clientId: address });
    await expect.poll(hinted).toContainEqual({ event: 'revoked', role: 'client', id: visitor.id, at: expect.any(Number), address });
    expect(hinted().filter((hint) => hint.event === 'chatEnded' && hint.clientId === address)).toHaveLength(1);
  });

  it('a conversation that an operator ends reopens when the visitor writes again', async () => {
    const visitor = await newVisitor();
    await end(ask('POST', '/api/chat/end', { headers: operator.headers, body: { clientId: visitor.id } }));
    expect((await page(visitor)).endedAt).not.toBeNull();
    await post(visitor, text('one more thing', { messageKey: randomUUID() }));
    expect((await page(visitor)).endedAt).toBeNull();
  });

  it('resuming and renewing do not extend the absolute end of a visitor’s tokens', async () => {
    const visitor = await newVisitor('Ann');
    const { tokens } = server.services;
    const until = Math.floor(Date.now() / 1_000) + 600;
    const resumeToken = (await tokens.mintResumeToken({ clientId: visitor.id, sessionId: visitor.sessionId, until })).token;
    const again = await start({ username: 'Ann', resumeToken });
    expect(again.clientId).toBe(visitor.id);
    expect(Date.parse(again.expiresAt ?? '')).toBe(until * 1_000);
    const renewed = await token(ask('POST', '/api/chat/token', { headers: { authorization: `Bearer ${again.token}` } }));
    expect(Date.parse(((await renewed.json()) as { expiresAt: string }).expiresAt)).toBe(until * 1_000);
  });
});
