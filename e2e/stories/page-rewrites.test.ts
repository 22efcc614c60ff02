import { describe, expect, inject, it } from 'vitest';

import { useHostPages } from '../harness/host-pages.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();
const pages = useHostPages();
const src = `${system.web}/widget.js`;
const tag = `<script async src="${src}"></script>`;

/** Opens the chat and types a name, which stays as long as the frame is the same. */
async function withName(content: Parameters<typeof pages.add>[0] = { body: `<h1>Lamps</h1>${tag}` }): Promise<WidgetPage> {
  const widget = await WidgetPage.open(browser, pages.add(content));
  await widget.openChat();
  await widget.frame().getByLabel('Name', { exact: true }).fill('Typed before');
  return widget;
}

async function nameIn(widget: WidgetPage): Promise<string> {
  return await widget.frame().getByLabel('Name', { exact: true }).inputValue();
}

const REPLACE_BODY = `
  const body = document.createElement('body');
  body.innerHTML = '<h1>Bulbs</h1>';
  document.body.replaceWith(body);
`;

describe('a page that rewrites itself', () => {
  it.each([
    ['puts another body in the place of the old one', REPLACE_BODY],
    ['empties the body', `document.body.innerHTML = '<h1>Bulbs</h1>'`],
    ['replaces the children of the body', `document.body.replaceChildren('Bulbs')`],
    [
      'replaces the body and runs the script anew',
      `${REPLACE_BODY}; const s = document.createElement('script'); s.src = '${src}'; s.onload = () => { window.again = true }; document.body.append(s)`,
    ],
    [
      'swaps head and body',
      `${REPLACE_BODY}; const head = document.createElement('head'); head.innerHTML = '<title>Bulbs</title>'; document.head.replaceWith(head)`,
    ],
  ])('%s: the same frame continues', async (_how, code) => {
    const widget = await withName();
    await widget.page.evaluate(code);
    if (code.includes('again')) await widget.page.waitForFunction('window.again');
    expect(await nameIn(widget)).toBe('Typed before');
    await widget.closeChat();
    await widget.openChat();
    expect(await nameIn(widget)).toBe('Typed before');
    expect(await widget.page.locator('switchboard-widget').count()).toBe(1);
    await widget.close();
  });

  it.each([
    [
      'puts another root in the place of the old one',
      `const root = document.createElement('html'); root.append(document.body); document.documentElement.replaceWith(root)`,
    ],
    ['writes the whole document anew', `document.documentElement.innerHTML = '<head></head><body><h1>Bulbs</h1></body>'`],
    ['takes the widget out', `document.querySelector('switchboard-widget').remove()`],
  ])('%s: the chat returns, still open, and can be closed', async (_how, code) => {
    const widget = await withName();
    await widget.page.evaluate(code);
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    await widget.frame().getByLabel('Name', { exact: true }).press('Escape');
    await widget.launcher().waitFor();
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    expect(await widget.page.locator('switchboard-widget').count()).toBe(1);
    await widget.close();
  });

  it('moves the widget: the new frame knows that it is open, the page and the visitor', async () => {
    const widget = await WidgetPage.open(browser, pages.add({ body: `<h1>Lamps</h1><div id="portal"></div>${tag}` }));
    await widget.openChat();
    await widget.start('Moved Example');
    await widget.page.evaluate(`document.getElementById('portal').append(document.querySelector('switchboard-widget'))`);
    await widget.log().waitFor();
    // Messages that are read while it is open are not counted as unread, which the launcher shows after the panel is closed with the frame's key.
    await widget.frame().getByRole('textbox', { name: 'Message', exact: true }).press('Escape');
    await widget.launcher().waitFor();
    // A new body removes the portal with the widget in it.
    await widget.page.evaluate(REPLACE_BODY);
    await widget.openChat();
    await widget.log().waitFor();
    expect(await widget.log().isVisible()).toBe(true);
    await widget.close();
  });

  it('passes the visitor’s data to a frame that restarts', async () => {
    const widget = await WidgetPage.open(
      browser,
      pages.add({ body: `${tag}<script>(window.Switchboard ||= []).push(['prefill', { name: 'Known' }])</script>` }),
    );
    await widget.openChat();
    await expect.poll(async () => await nameIn(widget)).toBe('Known');
    await widget.page.evaluate(`document.body.append(document.querySelector('switchboard-widget'))`);
    await expect.poll(async () => await nameIn(widget).catch(() => '')).toBe('Known');
    await widget.close();
  });

  it('removes the widget each time it is added: the page is not kept busy, and init adds it again', async () => {
    const widget = await withName();
    await widget.page.evaluate(`
      window.taken = 0;
      window.guard = new MutationObserver(() => {
        const found = document.querySelector('switchboard-widget');
        if (found) { window.taken += 1; found.remove(); }
      });
      guard.observe(document, { childList: true, subtree: true });
      document.querySelector('switchboard-widget').remove();
    `);
    await widget.page.waitForFunction('window.taken >= 2');
    // A page in an endless loop would not answer.
    expect(await widget.page.evaluate('window.taken')).toBeLessThan(20);
    await widget.page.evaluate('guard.disconnect(); Switchboard.init()');
    await widget.page.getByRole('button', { name: 'Close chat', exact: true }).waitFor();
    await widget.close();
  });
});

describe('a page whose styles move fixed elements', () => {
  it.each([
    'transform: translateX(0)',
    'filter: grayscale(1)',
    'zoom: 1.5',
    'contain: layout paint',
    'perspective: 100px',
    'will-change: transform',
    'container-type: inline-size',
    'display: grid',
    'display: contents',
    'opacity: .2; pointer-events: none; visibility: hidden',
  ])('%s on the body: the launcher is in its corner', async (style) => {
    const widget = await WidgetPage.open(
      browser,
      pages.add({ head: `<style>body { ${style} }</style>`, body: `<div style="height: 4000px">Lamps</div>${tag}` }),
    );
    await widget.launcher().waitFor();
    expect(await widget.launcher().boundingBox()).toEqual({ x: expect.closeTo(1280 - 76, 0), y: 800 - 76, width: 56, height: 56 });
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    await widget.close();
  });
});
