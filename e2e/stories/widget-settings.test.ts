import { describe, expect, inject, it } from 'vitest';

import { query } from '../harness/database.ts';
import { useHostPages } from '../harness/host-pages.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();
const pages = useHostPages();

async function withAttributes(
  attributes: string,
  { body = '', root = 'lang="en"', locale = 'en-GB', width = 1280 }: { body?: string; root?: string; locale?: string; width?: number } = {},
): Promise<WidgetPage> {
  const html = `${body}<script async src="${system.web}/widget.js" ${attributes}></script>`;
  return await WidgetPage.open(browser, pages.add({ body: html, root }), { locale, viewport: { width, height: 800 } });
}

describe('the position of the launcher', () => {
  it.each([
    ['', 'lang="en"', { x: 1204, y: 724 }],
    ['data-position="left"', 'lang="en"', { x: 20, y: 724 }],
    ['data-position="right"', 'lang="ar" dir="rtl"', { x: 1204, y: 724 }],
    ['data-position="left"', 'lang="ar" dir="rtl"', { x: 20, y: 724 }],
    ['data-offset="40 96"', 'lang="en"', { x: 1184, y: 648 }],
    ['data-offset="40" data-position="left"', 'lang="en"', { x: 40, y: 704 }],
    ['data-offset="10px; color: red"', 'lang="en"', { x: 1204, y: 724 }],
  ])('%s on a page with %s', async (attributes, root, place) => {
    const widget = await withAttributes(attributes, { root });
    await widget.launcher().waitFor();
    expect(await widget.launcher().boundingBox()).toEqual({ ...place, width: 56, height: 56 });
    await widget.openChat();
    const panel = async () => await widget.page.locator('switchboard-widget iframe').boundingBox();
    // The launcher is animated.
    await expect.poll(async () => ((box) => (box === null ? 0 : box.y + box.height))(await panel())).toBeCloseTo(place.y - 16, 1);
    expect(await panel()).toMatchObject({ x: attributes.includes('left') ? place.x : place.x + 56 - 384, width: 384 });
    await widget.close();
  });

  it('is above or below other elements of the page, as the site sets it', async () => {
    const bar = '<div id="bar" style="position: fixed; inset: auto 0 0; height: 120px; z-index: 500; background: white">Accept all</div>';
    const inCorner = async (widget: WidgetPage) => {
      await widget.launcher().waitFor();
      return await widget.page.evaluate(() => document.elementFromPoint(1230, 750)?.localName);
    };
    for (const [attributes, found] of [
      ['', 'switchboard-widget'],
      ['data-z-index="499"', 'div'],
      ['data-z-index="501"', 'switchboard-widget'],
      ['data-z-index="1; display: none"', 'switchboard-widget'],
    ] as const) {
      const widget = await withAttributes(attributes, { body: bar });
      expect(await inCorner(widget)).toBe(found);
      await widget.close();
    }
  });
});

it('a conversation belongs to the inbox that the page names, and to the default one where the key is unknown', async () => {
  const [inbox] = await query<{ id: number; key: string }>(system.databaseUrl, 'SELECT id, key FROM "Inbox" WHERE "isDefault"');
  for (const [name, key, inboxId] of [
    ['Iris of the inbox', inbox?.key, inbox?.id],
    ['Iris of no inbox', 'a-typo', null],
  ]) {
    const widget = await withAttributes(`data-inbox="${key}"`);
    await widget.openChat();
    await widget.start(String(name));
    const rows = async () => await query(system.databaseUrl, 'SELECT "inboxId" FROM "Client" WHERE username = $1', [name]);
    await expect.poll(rows).toEqual([{ inboxId }]);
    await widget.close();
  }
});

describe('a page that opens the chat from its own elements', () => {
  it('has a launcher only to close the panel, and gets the focus back', async () => {
    const widget = await withAttributes('data-hide-launcher', {
      body: '<button data-switchboard-open><b>Ask us</b></button><a href="/contact" data-switchboard-open>Contact</a>',
    });
    const { page } = widget;
    await page.locator('switchboard-widget').waitFor({ state: 'attached' });
    expect(await widget.launcher().isVisible()).toBe(false);
    const opener = page.getByRole('button', { name: 'Ask us' });
    await opener.focus();
    await page.keyboard.press('Enter');
    await widget.frame().locator('#username:focus').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(async () => await opener.evaluate((button) => document.activeElement === button)).toBe(true);
    const address = page.url();
    await page.getByText('Contact').click();
    await page.getByRole('button', { name: 'Close chat', exact: true }).click();
    expect(page.url()).toBe(address);
    expect(await widget.launcher().isVisible()).toBe(false);
    await widget.close();
  });

  it('opens it from elements that are added later, whatever they do with the click', async () => {
    const widget = await withAttributes('', { body: '<div id="later"></div>' });
    await widget.launcher().waitFor();
    await widget.page.evaluate(() => {
      const later = document.getElementById('later');
      later?.addEventListener('click', (event) => event.stopPropagation());
      const button = document.createElement('button');
      button.dataset['switchboardOpen'] = '';
      button.textContent = 'Help';
      later?.append(button);
    });
    await widget.page.getByRole('button', { name: 'Help' }).click();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    expect(await widget.frame().getByLabel('Name', { exact: true }).isVisible()).toBe(true);
    await widget.close();
  });
});

describe('the language', () => {
  it.each([
    ['', 'lang="ar" dir="rtl"', 'de-DE', { lang: 'en', dir: '' }],
    ['data-locale="auto"', 'lang="ar" dir="rtl"', 'de-DE', { lang: 'ar', dir: 'rtl' }],
    ['data-locale="auto"', '', 'de-DE', { lang: 'de-DE', dir: 'ltr' }],
    ['data-locale="he-IL"', 'lang="en"', 'de-DE', { lang: 'he-IL', dir: 'rtl' }],
    ['data-locale="&quot;&gt;&lt;b&gt;"', 'lang="en"', 'de-DE', { lang: 'en', dir: '' }],
  ])('%s on a page with %s in a browser in %s', async (attributes, root, locale, expected) => {
    const widget = await withAttributes(attributes, { root, locale });
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    const html = widget.frame().locator('html');
    expect(await html.evaluate((element) => ({ lang: (element as HTMLElement).lang, dir: (element as HTMLElement).dir }))).toEqual(
      expected,
    );
    await widget.close();
  });
});

describe('a color with too little contrast', () => {
  it.each([
    ['#ffffff', 'rgb(148, 148, 148)'],
    ['#000000', 'rgb(102, 102, 102)'],
    ['#0a7d83', 'rgb(10, 125, 131)'],
  ])('%s gets a visible ring around the launcher', async (color, ring) => {
    const widget = await withAttributes(`data-color="${color}"`);
    await widget.launcher().waitFor();
    expect(await widget.launcher().evaluate((button) => getComputedStyle(button).borderTopColor)).toBe(ring);
    await widget.close();
  });
});

describe('the pages of a visitor', () => {
  /** The messages that the frame receives. */
  const LISTEN = () => {
    const heard: string[] = [];
    Object.assign(window, { heard });
    window.addEventListener('message', ({ data }: MessageEvent<{ type?: string; url?: string } | null>) => {
      if (data?.type === 'page') heard.push(new URL(data.url ?? '').search + new URL(data.url ?? '').hash);
    });
  };

  it.each(['with the browser’s event', 'by polling'])('are reported to the frame %s, history API included', async (how) => {
    const context = await browser.newContext();
    await context.addInitScript(LISTEN);
    if (how === 'by polling') await context.addInitScript(() => void delete (window as { navigation?: unknown }).navigation);
    const page = await context.newPage();
    await page.goto(pages.add({ body: `<script async src="${system.web}/widget.js"></script>` }));
    expect(await page.evaluate(() => 'navigation' in window)).toBe(how === 'with the browser’s event');
    const widget = new WidgetPage(page, context);
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    const last = async () =>
      await widget
        .frame()
        .locator('html')
        .evaluate(() => (window as unknown as { heard: string[] }).heard.at(-1));
    await expect.poll(last).toBe('');
    await page.evaluate(() => history.pushState(null, '', '?product=2'));
    await expect.poll(last).toBe('?product=2');
    await page.evaluate(() => history.replaceState(null, '', '?product=3'));
    await expect.poll(last).toBe('?product=3');
    await page.evaluate(() => {
      location.hash = 'details';
    });
    await expect.poll(last).toBe('?product=3#details');
    await page.evaluate(() => history.back());
    await expect.poll(last).toBe('?product=3');
    await widget.close();
  });

  it('the panel is open on the next page of the visit, without the focus, until it is closed', async () => {
    const tag = `<script async src="${system.web}/widget.js"></script>`;
    const next = pages.add({ body: `<input id="search" autofocus>${tag}` });
    const widget = await WidgetPage.open(browser, pages.add({ body: tag }));
    const { page } = widget;
    await widget.openChat();
    await widget.start('Next Example');
    await page.goto(next);
    await widget.log().waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('search');
    await widget.closeChat();
    await page.goto(next);
    await widget.launcher().waitFor();
    await widget.openChat();
    await widget.log().waitFor();
    await page.goto(next);
    await widget.log().waitFor();
    await widget.close();
  });

  it('on a phone the panel is closed on the next page, because it would cover the page', async () => {
    const tag = `<script async src="${system.web}/widget.js"></script>`;
    const next = pages.add({ body: tag });
    const widget = await WidgetPage.open(browser, pages.add({ body: tag }), { viewport: { width: 390, height: 800 } });
    const { page } = widget;
    await widget.openChat();
    await widget.start('Phone Example');
    await page.goto(next);
    // The launcher is hidden while the panel fills the screen.
    await widget.launcher().waitFor();
    await expect.poll(async () => await widget.launcher().isVisible()).toBe(true);
    await widget.openChat();
    await widget.log().waitFor();
    await widget.close();
  });
});
