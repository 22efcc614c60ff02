import { expect, inject, it } from 'vitest';

import { query } from '../harness/database.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

it('operators see which page a visitor is on: where they started the chat, and each later page', async () => {
  const visitor = await WidgetPage.started(browser, `${system.host}?page=1`, 'Wanda Example');
  const where = async () => {
    const [row] = await query<{ pageUrl: string; pages: { url: string }[] }>(
      system.databaseUrl,
      'SELECT s."pageUrl", s.pages FROM "ChatSession" s JOIN "Client" c ON c.id = s."clientId" WHERE c.username = $1',
      ['Wanda Example'],
    );
    return { now: row?.pageUrl, trail: row?.pages.map(({ url }) => url) };
  };
  const page = (number: number) => `${system.host}?page=${number}`;
  await expect.poll(where).toEqual({ now: page(1), trail: [page(1)] });
  // The chat does not have to be open there.
  await visitor.page.goto(page(2));
  await expect.poll(where).toEqual({ now: page(2), trail: [page(2), page(1)] });
  await visitor.page.goto(page(1));
  await expect.poll(where).toEqual({ now: page(1), trail: [page(1), page(2), page(1)] });
  await visitor.close();
});
