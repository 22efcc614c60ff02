import { beforeEach, expect, it } from 'vitest';

import type { VisitorActor } from '../actor.ts';
import { blockVisitor } from './block-visitor.ts';
import { endChat } from '../conversations/end-chat.ts';
import { findChats } from '../conversations/list-recent-chats.ts';
import { startSession } from './start-session.ts';
import { createMessageSaver } from '../messages/saving/message-saver.ts';
import { changed, chatFixture, codeOf, NOW, text } from '../testing/chat-fixture.ts';
import { visitPage } from './visit-page.ts';

const chat = chatFixture();
beforeEach(() => {
  chat.now = NOW;
});
const at = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000);
const page = (name: string) => `https://shop.example/${name}`;

async function visitorOn(pageUrl?: string): Promise<VisitorActor> {
  const { clientId, sessionId } = await startSession(chat.ctx, { kind: 'anonymous' }, { username: 'Vera', pageUrl });
  return { kind: 'visitor', clientId, sessionId };
}
/** As an operator sees it. */
async function seen({ clientId }: VisitorActor) {
  const [found] = await findChats(chat.ctx, await chat.operator(), { ids: [clientId] });
  const { pageUrl, pageAt, pages, lastSeenAt } = found?.client ?? {};
  return { pageUrl, pageAt, pages, lastSeenAt };
}
const visit = async (visitor: VisitorActor, seconds: number, name: string, sinceSeconds?: number) => {
  chat.now = at(seconds);
  const since = sinceSeconds === undefined ? undefined : at(sinceSeconds).toISOString();
  return (await visitPage(chat.ctx, visitor, { url: page(name), at: since })).moved;
};

it('records the visitor’s current page, their earlier pages and when they were last active', async () => {
  const visitor = await visitorOn(page('lamps'));
  expect(await seen(visitor)).toMatchObject({
    pageUrl: page('lamps'),
    pageAt: null,
    pages: [{ url: page('lamps'), at: NOW.toISOString() }],
  });
  // Still on the page, which they opened before the chat.
  expect(await visit(visitor, 60, 'lamps', -20)).toBe(false);
  expect(await seen(visitor)).toMatchObject({ pageUrl: page('lamps'), pageAt: at(-20).toISOString(), lastSeenAt: at(60).toISOString() });
  expect(await visit(visitor, 70, 'checkout', 69)).toBe(true);
  expect(await visit(visitor, 130, 'checkout', 69)).toBe(false);
  expect(await seen(visitor)).toEqual({
    pageUrl: page('checkout'),
    pageAt: at(69).toISOString(),
    lastSeenAt: at(130).toISOString(),
    pages: [
      { url: page('checkout'), at: at(69).toISOString() },
      { url: page('lamps'), at: NOW.toISOString() },
    ],
  });
});

it('operators are notified of a new page once the visitor has written something', async () => {
  const visitor = await visitorOn(page('lamps'));
  const effectsOf = async (name: string) => (await visitPage(chat.ctx, visitor, { url: page(name) })).effects;
  expect(await effectsOf('checkout')).toEqual([]);
  await createMessageSaver(chat.ctx).save(visitor, [text('Hello?')]);
  expect(await effectsOf('lamps')).toEqual([changed(visitor, 1, 'state')]);
  expect(await effectsOf('lamps')).toEqual([]);
});

it('counts a page from the browser’s back-forward cache as opened again', async () => {
  const visitor = await visitorOn();
  await visit(visitor, 10, 'a', 10);
  await visit(visitor, 20, 'b', 20);
  expect(await visit(visitor, 30, 'a', 10)).toBe(true);
  const { pages, pageAt } = await seen(visitor);
  expect([pageAt, pages?.map(({ url }) => url)]).toEqual([at(30).toISOString(), [page('a'), page('b'), page('a')]]);
});

it('ignores a clock that is ahead or years behind', async () => {
  const visitor = await visitorOn();
  await visit(visitor, 0, 'a', -10 * 365 * 24 * 60 * 60);
  expect((await seen(visitor)).pageAt).toBe(at(-7 * 24 * 60 * 60).toISOString());
  await visit(visitor, 1, 'b', 3_600);
  expect((await seen(visitor)).pageAt).toBe(at(1).toISOString());
});

it('keeps the last ten pages of a visitor', async () => {
  const visitor = await visitorOn();
  for (let nth = 1; nth <= 25; nth += 1) await visit(visitor, nth, String(nth));
  expect((await seen(visitor)).pages?.map(({ url }) => url)).toEqual(Array.from({ length: 10 }, (_, index) => page(String(25 - index))));
});

it('refuses everybody but the visitor of a chat that has not ended', async () => {
  const [visitor, other] = [await visitorOn(), await visitorOn()];
  const operator = await chat.operator();
  const attempt = async (actor: Parameters<typeof visitPage>[1]) => await codeOf(visitPage(chat.ctx, actor, { url: page('x') }));
  expect(await attempt(operator)).toBe('forbidden');
  expect(await attempt({ kind: 'anonymous' })).toBe('unauthenticated');
  expect(await attempt({ ...visitor, sessionId: other.sessionId })).toBe('not_found');
  await blockVisitor(chat.ctx, operator, { clientId: other.clientId, blocked: true });
  expect(await attempt(other)).toBe('blocked');
  await endChat(chat.ctx, visitor);
  expect(await attempt(visitor)).toBe('unauthenticated');
  for (const who of [visitor, other]) expect((await seen(who)).pageUrl).toBeNull();
});
