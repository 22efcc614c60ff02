import { randomBytes, randomUUID } from 'node:crypto';

import { freePort } from '@switchboard/database/embedded';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';

import { Server } from '../chaos/stack/node-process.ts';
import { webProgram } from '../chaos/stack/programs.ts';
import { query, rowsOf } from '../harness/database.ts';
import { buildWithGuidePage, type GuideBuild } from '../harness/guide-build.ts';
import { OPERATORS, signIn } from '../harness/operators.ts';
import { useBrowser } from '../harness/use-browser.ts';

const system = inject('system');
const browser = useBrowser();
let build: GuideBuild | undefined;
let server: Server | undefined;
let web: string;

beforeAll(async () => {
  build = await buildWithGuidePage();
  const port = await freePort();
  web = `http://127.0.0.1:${port}`;
  const settings = { frontend: web, secret: randomBytes(32).toString('hex'), dataDir: system.dataDir };
  const ways = { database: system.databaseUrl, relay: system.relay, relayInside: system.relay };
  server = new Server('web', webProgram(settings, port, ways, build.folder), `${web}/readyz`);
  await server.start();
});
afterAll(async () => {
  await server?.signal('SIGTERM');
  await build?.remove();
});

/** A visitor who has written two messages; resolves to the client's id. */
async function visitor(name: string): Promise<number> {
  const post = async (path: string, body: object, headers: Record<string, string> = {}) => {
    const response = await fetch(web + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: web, ...headers },
      body: JSON.stringify(body),
    });
    expect(response.ok, await response.clone().text()).toBe(true);
    return (await response.json()) as { token: string; clientId: number };
  };
  const { token, clientId } = await post('/api/chat/sessions', { username: name });
  const messages = ['Hello?', 'Anybody?'].map((text) => ({ messageKey: randomUUID(), messageType: 'TEXT', text }));
  await post('/api/chat/messages', { messages }, { authorization: `Bearer ${token}` });
  return clientId;
}

it('a component that follows the guide calls all four actions from a browser, in a production build', async () => {
  const clientId = await visitor('Pia Example');
  const context = await browser.newContext();
  await context.addCookies(await signIn(web, OPERATORS.maya));
  const page = await context.newPage();
  await page.goto(`${web}/guide?clientId=${clientId}`);
  const call = async (name: string): Promise<unknown> => {
    await page.getByRole('button', { name, exact: true }).click();
    const output = page.getByRole('status', { name, exact: true });
    await expect.poll(async () => await output.textContent()).not.toBe('');
    return JSON.parse((await output.textContent()) ?? '');
  };

  expect(await call('Recent')).toContainEqual(
    expect.objectContaining({
      client: expect.objectContaining({ id: clientId, username: 'Pia Example', phone: null }),
      lastMessage: expect.objectContaining({ text: 'Anybody?' }),
      unreadCount: 2,
    }),
  );
  expect(await call('Read')).toBe(2);
  expect(await call('Save')).toMatchObject({ id: expect.any(Number), senderType: 'OPERATOR', text: 'Written to the guide' });
  expect(await call('History')).toMatchObject([
    { senderType: 'CLIENT', text: 'Hello?', isRead: true },
    { senderType: 'CLIENT', text: 'Anybody?', isRead: true },
    { senderType: 'OPERATOR', text: 'Written to the guide' },
  ]);
  // The author is the signed-in operator, not the one that the component names.
  const rows = await rowsOf(system.databaseUrl, 'Pia Example');
  expect(rows.map(({ text, operator, isRead }) => [text, operator, isRead])).toEqual([
    ['Hello?', null, true],
    ['Anybody?', null, true],
    ['Written to the guide', OPERATORS.maya.name, false],
  ]);
  await context.close();
});

it('the actions refuse callers that are not signed in', async () => {
  const clientId = await visitor('Quin Example');
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${web}/guide?clientId=${clientId}`);
  for (const name of ['Save', 'History', 'Recent', 'Read']) {
    await page.getByRole('button', { name, exact: true }).click();
    await expect
      .poll(async () => await page.getByRole('status', { name, exact: true }).textContent())
      .toBe('{"rejected":"switchboard:unauthenticated"}');
  }
  const saved = await query(system.databaseUrl, 'SELECT count(*)::int AS count FROM "ChatMessage" WHERE "clientId" = $1', [clientId]);
  expect(saved).toEqual([{ count: 2 }]);
  await context.close();
});
