import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { SYSTEM, type Actor } from './actor.ts';
import type { Context } from './context.ts';
import { endChat } from './conversations/end-chat.ts';
import { listRecentChats } from './conversations/list-recent-chats.ts';
import { markRead } from './receipts/mark-read.ts';
import { readHistory } from './messages/read-history.ts';
import { readPage } from './messages/read-page.ts';
import { recordReceipts } from './receipts/record-receipts.ts';
import { chatFixture, codeOf } from './testing/chat-fixture.ts';
import { recordUpload } from './uploads/uploads.ts';
import { clientsSeenBy } from './visible.ts';

const chat = chatFixture();
const ANONYMOUS = { kind: 'anonymous' } as const;
const PICTURE = { storageKey: 'k', name: 'n', mimeType: 'image/png', width: 1, height: 1, size: 1 };

type Verb = (ctx: Context, actor: Actor, clientId: number | undefined) => Promise<unknown>;

/** Verbs that a visitor may use on their own conversation and an operator on any. */
const forBoth: Record<string, Verb> = {
  readPage: async (ctx, actor, clientId) => await readPage(ctx, actor, { clientId, limit: 10 }),
  recordReceipts: async (ctx, actor, clientId) => await recordReceipts(ctx, actor, { clientId, readSeq: 1 }),
  recordUpload: async (ctx, actor, clientId) => await recordUpload(ctx, actor, { clientId, ...PICTURE }),
  endChat: async (ctx, actor, clientId) => await endChat(ctx, actor, { clientId }),
};

describe.each(Object.entries(forBoth))('%s', (_name, verb) => {
  it('a visitor reaches their own conversation, named or not, and no other', async () => {
    const [own, other] = [await chat.visitor(), await chat.visitor()];
    expect(await codeOf(verb(chat.ctx, own, undefined))).toBe('resolved');
    expect(await codeOf(verb(chat.ctx, own, own.clientId))).toBe('resolved');
    expect(await codeOf(verb(chat.ctx, own, other.clientId))).toBe('not_found');
    expect(await codeOf(verb(chat.ctx, own, 99_999_999))).toBe('not_found');
  });

  it('a visitor whose session does not belong to the client reaches nothing', async () => {
    const [own, other] = [await chat.visitor(), await chat.visitor()];
    expect(await codeOf(verb(chat.ctx, { ...own, sessionId: other.sessionId }, undefined))).toBe('not_found');
    expect(await codeOf(verb(chat.ctx, { ...own, sessionId: randomUUID() }, undefined))).toBe('not_found');
    expect(await codeOf(verb(chat.ctx, { ...own, clientId: other.clientId }, undefined))).toBe('not_found');
  });

  it('an operator reaches every existing conversation that they name', async () => {
    const [operator, visitor] = [await chat.operator(), await chat.visitor()];
    expect(await codeOf(verb(chat.ctx, operator, visitor.clientId))).toBe('resolved');
    expect(await codeOf(verb(chat.ctx, operator, undefined))).toBe('invalid_request');
    for (const id of [99_999_999, 0, -1, Number.MAX_SAFE_INTEGER]) expect(await codeOf(verb(chat.ctx, operator, id))).toBe('not_found');
  });

  it('an anonymous actor reaches nothing', async () => {
    expect(await codeOf(verb(chat.ctx, ANONYMOUS, (await chat.visitor()).clientId))).toBe('unauthenticated');
  });
});

it('readHistory follows the same rules', async () => {
  const [own, other, operator] = [await chat.visitor(), await chat.visitor(), await chat.operator()];
  const { clientId } = own;
  expect(await codeOf(readHistory(chat.ctx, own, { clientId }))).toBe('resolved');
  expect(await codeOf(readHistory(chat.ctx, other, { clientId }))).toBe('not_found');
  expect(await codeOf(readHistory(chat.ctx, operator, { clientId }))).toBe('resolved');
  expect(await codeOf(readHistory(chat.ctx, operator, { clientId: 99_999_999 }))).toBe('not_found');
  expect(await codeOf(readHistory(chat.ctx, ANONYMOUS, { clientId }))).toBe('unauthenticated');
});

it('only operators can list conversations', async () => {
  const [visitor, operator] = [await chat.visitor(), await chat.operator()];
  const { clientId } = visitor;
  expect(await codeOf(listRecentChats(chat.ctx, visitor))).toBe('forbidden');
  expect(await codeOf(listRecentChats(chat.ctx, ANONYMOUS))).toBe('unauthenticated');
  expect(await codeOf(listRecentChats(chat.ctx, operator))).toBe('resolved');
  expect(await codeOf(markRead(chat.ctx, visitor, { clientId }))).toBe('forbidden');
  expect(await codeOf(markRead(chat.ctx, ANONYMOUS, { clientId }))).toBe('unauthenticated');
  expect(await codeOf(markRead(chat.ctx, operator, { clientId: 99_999_999 }))).toBe('not_found');
});

/** Reads of clients that bypass `clientsSeenBy`, in SQL or through Prisma. Writes happen under the lock of `lockClient`. */
const READS_CLIENTS = /\b(?:FROM|JOIN|USING)\s+(?:ONLY\s+)?"Client"|\.client\.(?:find|count|aggregate|groupBy)/i;

it('no file but `visible.ts` selects clients', async () => {
  const files = (await readdir(import.meta.dirname, { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('testing/'),
  );
  expect(files.length).toBeGreaterThan(40);
  const texts = await Promise.all(files.map(async (file) => [file, await readFile(join(import.meta.dirname, file), 'utf8')] as const));
  expect(texts.filter(([, source]) => READS_CLIENTS.test(source)).map(([file]) => file)).toEqual(['visible.ts']);
});

it('an anonymous actor sees no client, and the installation sees all', async () => {
  const { clientId } = await chat.visitor();
  const seen = async (actor: Actor) =>
    await chat.db.prisma.$queryRaw<{ id: number }[]>`SELECT c.id FROM ${clientsSeenBy(actor)} WHERE c.id = ${clientId}::int`;
  expect(await seen(ANONYMOUS)).toEqual([]);
  expect(await seen(SYSTEM)).toEqual([{ id: clientId }]);
});
