import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';

import { useHostPages } from '../harness/host-pages.ts';
import { useBrowser } from '../harness/use-browser.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();
const pages = useHostPages();
const src = `${system.web}/widget.js`;
/** The same installation under another host name, which is another one for the browser. */
const otherBase = system.web.replace('localhost', '127.0.0.1');

/** Opens the page and collects its console messages. */
async function openPage(content: Parameters<typeof pages.add>[0]): Promise<{ widget: WidgetPage; said: string[]; thrown: string[] }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const said: string[] = [];
  const thrown: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => thrown.push(error.message));
  await page.goto(pages.add(content));
  return { widget: new WidgetPage(page, context), said, thrown };
}

async function addTag(page: Page, code: string): Promise<void> {
  await page.evaluate((text) => {
    const script = document.createElement('script');
    script.textContent = text;
    document.head.append(script);
  }, code);
}

describe('the script tag', () => {
  it.each([
    ['async', { head: `<script async src="${src}"></script>` }],
    ['defer', { head: `<script defer src="${src}"></script>` }],
    ['in the head, before there is a body', { head: `<script src="${src}"></script>` }],
    ['at the end of the body', { body: `<p>Lamps</p><script src="${src}"></script>` }],
    ['as a module', { head: `<script type="module" src="${src}"></script>` }],
    ['as an async module', { body: `<script async type="module" src="${src}?v=2"></script>` }],
    [
      'made by a tag manager',
      { body: `<script>const s = document.createElement('script'); s.src = '${src}'; document.head.append(s);</script>` },
    ],
    [
      'made by a tag manager that removes it at once',
      { body: `<script>const s = document.createElement('script'); s.src = '${src}'; document.head.append(s); s.remove();</script>` },
    ],
    [
      'made by a tag manager as a module',
      {
        body: `<script>const s = document.createElement('script'); s.type = 'module'; s.src = '${src}'; document.head.append(s);</script>`,
      },
    ],
    ['fetched with CORS', { head: `<script async crossorigin src="${src}"></script>` }],
  ])('works %s', async (_how, content) => {
    const { widget, thrown } = await openPage(content);
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    expect(await widget.page.locator('switchboard-widget').count()).toBe(1);
    expect(thrown).toEqual([]);
    await widget.close();
  });

  it('passes its settings in every form', async () => {
    const { widget } = await openPage({ head: `<script type="module" src="${src}" data-title="Ask the lamp shop"></script>` });
    await widget.openChat();
    await widget.frame().getByRole('heading', { name: 'Ask the lamp shop' }).waitFor();
    expect(await widget.frame().getByRole('heading', { name: 'Ask the lamp shop' }).isVisible()).toBe(true);
    await widget.close();
  });

  it('that can’t be found is reported in the console', async () => {
    const { widget, said } = await openPage({ body: '<p>Lamps</p>' });
    // Like a bundler that puts the code into the page's script.
    const code = await (await fetch(src)).text();
    await addTag(widget.page, code);
    expect(said.filter((text) => text.startsWith('Switchboard: '))).toHaveLength(1);
    expect(await widget.page.locator('switchboard-widget').count()).toBe(0);
    await widget.close();
  });
});

describe('a page with', () => {
  it('two installations uses the first one, with a warning', async () => {
    const { widget, said, thrown } = await openPage({
      body: `<script src="${src}"></script><script src="${otherBase}/widget.js"></script>`,
    });
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    expect(await widget.page.locator('switchboard-widget').count()).toBe(1);
    expect(await widget.page.locator('switchboard-widget iframe').getAttribute('src')).toContain(system.web);
    expect(said.filter((text) => text.startsWith('Switchboard: '))).toEqual([expect.stringContaining(otherBase)]);
    expect(thrown).toEqual([]);
    await widget.close();
  });

  it('two installations as modules uses the first one, with a warning', async () => {
    const { widget, said } = await openPage({
      body: `<script type="module" src="${src}"></script><script type="module" src="${otherBase}/widget.js"></script>`,
    });
    await widget.launcher().waitFor();
    await expect.poll(() => said.filter((text) => text.startsWith('Switchboard: '))).toEqual([expect.stringContaining(otherBase)]);
    await widget.close();
  });

  it.each(['<div id="Switchboard">our switchboard</div>', `<iframe name="Switchboard" src="${otherBase}/livez"></iframe>`])(
    'an element has the API’s name: %s',
    async (element) => {
      const { widget, thrown } = await openPage({ body: `${element}<script src="${src}"></script>` });
      await addTag(widget.page, `(window.Switchboard ||= []).push(['open'])`);
      await widget.page.locator('switchboard-widget iframe').waitFor();
      expect(thrown).toEqual([]);
      await widget.close();
    },
  );

  it('another object under the API’s name keeps it, with a warning', async () => {
    const { widget, said, thrown } = await openPage({
      body: `<script>window.Switchboard = { volume: 11 }</script><script src="${src}"></script>`,
    });
    expect(await widget.page.evaluate(() => JSON.stringify(window['Switchboard' as never]))).toBe('{"volume":11}');
    expect(said.filter((text) => text.startsWith('Switchboard: '))).toHaveLength(1);
    expect(thrown).toEqual([]);
    await widget.close();
  });
});

describe('documented API calls work at every moment', () => {
  const push = (...call: unknown[]) => `(window.Switchboard ||= []).push(${JSON.stringify(call)})`;

  it('a call by name: before the script and after it has loaded', async () => {
    const { widget, thrown } = await openPage({
      body: `<script>${push('prefill', { name: 'Before' })}</script><script src="${src}"></script>`,
    });
    await widget.launcher().waitFor();
    await addTag(widget.page, push('open'));
    await expect.poll(async () => await widget.frame().getByLabel('Name', { exact: true }).inputValue()).toBe('Before');
    await addTag(widget.page, push('close'));
    await widget.launcher().waitFor();
    expect(thrown).toEqual([]);
    await widget.close();
  });

  it('between the script and the end of the document', async () => {
    const { widget } = await openPage({
      head: `<script src="${src}"></script><script>Switchboard.open(); Switchboard.prefill({ name: 'Between' })</script>`,
      body: '<p>Lamps</p>',
    });
    await expect.poll(async () => await widget.frame().getByLabel('Name', { exact: true }).inputValue()).toBe('Between');
    expect(await widget.page.locator('body').innerText()).toBe('Lamps');
    await widget.close();
  });

  it('prefill: twice, after the form is shown, after the chat is closed and after destroy', async () => {
    const { widget } = await openPage({ body: `<script src="${src}"></script>` });
    const call = async (code: string) => await widget.page.evaluate(code);
    const values = async () => [
      await widget.frame().getByLabel('Name', { exact: true }).inputValue(),
      await widget.frame().getByLabel('Phone (optional)', { exact: true }).inputValue(),
    ];
    await widget.openChat();
    await widget.frame().getByLabel('Name', { exact: true }).waitFor();
    await call(`Switchboard.prefill({ name: 'Zoe' })`);
    await call(`Switchboard.prefill({ phone: '12345' })`);
    await expect.poll(values).toEqual(['Zoe', '12345']);
    await call(`Switchboard.destroy()`);
    await call(`Switchboard.prefill({ phone: '67890' })`);
    await call(`Switchboard.open()`);
    expect(await widget.page.locator('switchboard-widget').count()).toBe(0);
    await call(`Switchboard.init()`);
    await widget.openChat();
    await expect.poll(values).toEqual(['Zoe', '67890']);
    await widget.close();
  });

  it('listeners: before init, each once, and one that throws does not stop the others', async () => {
    const { widget, thrown } = await openPage({
      head: `<script>
        window.heard = [];
        (window.Switchboard ||= []).push(['on', 'open', () => { throw new Error('of the page') }], ['nonsense'], 7, ['on', 'open', () => heard.push('open')]);
      </script><script src="${src}"></script><script>
        const twice = () => heard.push('close');
        Switchboard.on('close', twice);
        Switchboard.on('close', twice);
      </script>`,
    });
    await widget.openChat();
    await widget.closeChat();
    await widget.launcher().waitFor();
    await widget.page.evaluate(`Switchboard.destroy(); Switchboard.init(); Switchboard.init()`);
    await widget.openChat();
    expect(await widget.page.evaluate('heard')).toEqual(['open', 'close', 'open']);
    await expect.poll(() => thrown.filter((text) => text === 'of the page')).toHaveLength(2);
    expect(await widget.page.getByRole('button', { name: 'Close chat', exact: true }).count()).toBe(1);
    await widget.close();
  });
});
