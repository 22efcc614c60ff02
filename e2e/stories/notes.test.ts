import { randomUUID } from 'node:crypto';

import type { Page } from 'playwright-core';
import { expect, inject, it } from 'vitest';

import { query, rowsOf } from '../harness/database.ts';
import { OPERATORS, signIn } from '../harness/operators.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

/** What only operators may read: in every note, in the draft and in the name of the tag. */
const SECRET = `among-operators-${randomUUID()}`;

/** Records everything that a page receives from now on: every socket frame, in both directions, and every answer over HTTP. */
function record(page: Page): { readonly frames: string[]; readonly answers: () => Promise<string[]> } {
  const frames: string[] = [];
  const answers: Promise<string>[] = [];
  page.on('websocket', (socket) => {
    const note = ({ payload }: { payload: string | Buffer }) => void frames.push(payload.toString());
    socket.on('framereceived', note);
    socket.on('framesent', note);
  });
  // The body of a redirect, or of an answer that the page did not wait for, can't be read.
  page.on('response', (response) => void answers.push(response.text().catch(() => response.url())));
  return { frames, answers: async () => await Promise.all(answers) };
}

it('nothing that operators write to each other reaches the visitor’s browser', async () => {
  const cookies = await signIn(system.web, OPERATORS.maya);
  const api = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${system.web}/api/v1/${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        origin: system.web,
        cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await response.text();
    expect(response.ok, text).toBe(true);
    return JSON.parse(text) as { id: number; version: number };
  };

  const visitor = await WidgetPage.started(browser, system.host, 'Nadia Example');
  await visitor.say('I want my money back');
  await expect.poll(async () => (await rowsOf(system.databaseUrl, 'Nadia Example')).length).toBe(1);
  const { frames, answers } = record(visitor.page);
  await visitor.page.reload();
  await visitor.openChat();
  await visitor.message('I want my money back').waitFor();

  const [client] = await query(system.databaseUrl, 'SELECT id FROM "Client" WHERE username = $1', ['Nadia Example']);
  const conversation = `conversations/${String(client?.['id'])}`;
  const note = await api('POST', `${conversation}/notes`, { noteKey: randomUUID(), text: `${SECRET} once` });
  await api('POST', `${conversation}/notes`, { noteKey: randomUUID(), text: `${SECRET} twice` });
  await api('PATCH', `notes/${note.id}`, { text: `${SECRET} changed`, mentions: [], expected: { version: note.version } });
  await api('PUT', `${conversation}/draft`, { kind: 'reply', text: `${SECRET} begun`, version: 1 });
  await api('POST', 'tags', { name: SECRET.slice(0, 50) });
  await api('DELETE', `notes/${note.id}`);
  expect(JSON.stringify(await api('GET', `${conversation}/activity`))).toContain(`${SECRET} twice`);

  // The visitor writes again, and comes back: everything that their page can ask for is fetched again.
  await visitor.say('Are you there?');
  await expect.poll(async () => (await rowsOf(system.databaseUrl, 'Nadia Example')).length).toBe(2);
  await visitor.page.reload();
  await visitor.openChat();
  await visitor.message('Are you there?').waitFor();
  const received = [...frames, ...(await answers())];
  // The recording works: it has what the visitor has written.
  expect(frames.filter((frame) => frame.includes('Are you there?'))).not.toEqual([]);
  expect(received.filter((text) => text.includes('I want my money back'))).not.toEqual([]);
  expect(received.filter((text) => text.includes('among-operators'))).toEqual([]);
  await visitor.close();
});
