import type { BrowserContext, Locator } from 'playwright-core';
import { io } from 'socket.io-client';
import { expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';
import { ConsolePage } from '../harness/console-page.ts';
import { png } from '../harness/image.ts';
import { OPERATORS } from '../harness/operators.ts';
import { WidgetPage } from '../harness/widget-page.ts';

const system = inject('system');
const browser = useBrowser();

/** Texts that call `ran` if they ever run: by element, attribute, address, style, template, entity, or broken markup that parsers repair. */
const CORPUS = [
  '<script>ran(1)</script>',
  '<img src=x onerror=ran(2)>',
  '<svg/onload=ran(3)>',
  '<svg><script>ran(4)</script></svg>',
  '<iframe srcdoc="<script>parent.ran(5)</script>"></iframe>',
  '<details open ontoggle=ran(6)><summary>x</summary></details>',
  '<input autofocus onfocus=ran(7)>',
  '<video><source onerror=ran(8)></video>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=ran(9)>',
  '"><img src=x onerror=ran(10)>',
  "'-ran(11)-'",
  '</textarea><script>ran(12)</script>',
  '</title><script>ran(13)</script>',
  '<a href="javascript:ran(14)">click</a>',
  'javascript:ran(15)',
  'https://shop.example/"onmouseover="ran(16)',
  'https://shop.example/<img src=x onerror=ran(17)>',
  '[link](javascript:ran(18))',
  '&lt;script&gt;ran(19)&lt;/script&gt;',
  '<scr<script>ipt>ran(20)</scr</script>ipt>',
  '{{constructor.constructor("ran(21)")()}}',
  '${ran(22)}',
  '<style>@import "javascript:ran(23)";</style>',
  '<object data="data:text/html,<script>parent.ran(24)</script>"></object>',
  '\u202E<img src=x onerror=ran(25)>',
] as const;
/** The visible part of a text. */
const shown = (text: string) => text.replaceAll('\u0000', '');

/** Records every hostile script that ran in this browser, and every dialog. */
async function watch(context: BrowserContext): Promise<string[]> {
  const incidents: string[] = [];
  await context.exposeBinding('ran', ({ frame }, number: number) => void incidents.push(`${frame.url()} ran ${number}`));
  context.on('dialog', (dialog) => {
    incidents.push(`dialog ${dialog.message()}`);
    void dialog.dismiss();
  });
  return incidents;
}

/** Addresses in this part of a page that a browser would run or open as a page. */
async function strangeAddresses(part: Locator): Promise<string[]> {
  return await part.evaluate((root) =>
    [...root.querySelectorAll('[href], [src], [action], [data], [srcdoc]')]
      .flatMap((element) => ['href', 'src', 'action', 'data', 'srcdoc'].map((name) => element.getAttribute(name) ?? ''))
      .filter((address) => address !== '' && !/^(https?:|blob:|data:image\/(png|jpeg|gif|webp)|mailto:|\/|#)/i.test(address)),
  );
}

/** The text nodes of a log. */
async function textsOf(log: Locator): Promise<string[]> {
  return await log.evaluate((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    while (walker.nextNode()) found.push(walker.currentNode.textContent ?? '');
    return [found.join('')];
  });
}

async function hasAll(log: Locator): Promise<void> {
  await expect
    .poll(async () => {
      const [all = ''] = await textsOf(log);
      return CORPUS.filter((text) => !all.includes(shown(text)));
    })
    .toEqual([]);
}

/** Moves the pointer over everything in a log, and waits for scripts that this may have started. */
async function pointAtEverything(log: Locator): Promise<void> {
  await log.evaluate(async (root) => {
    for (const element of root.querySelectorAll('*')) {
      element.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
      element.dispatchEvent(new FocusEvent('focus'));
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  });
}

it('a visitor’s texts, name, file names and page addresses are shown unchanged on both sides, and none of them runs', async () => {
  const name = '<img src=x onerror=ran(0)>';
  const maya = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const visitorContext = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    userAgent: 'Mozilla/5.0 <script>ran(90)</script>',
  });
  const incidents = [await watch(maya.context), await watch(visitorContext)];
  const page = await visitorContext.newPage();
  await page.goto(`${system.host}?q="><script>ran(91)</script>#<img src=x onerror=ran(92)>`);
  const visitor = new WidgetPage(page, visitorContext);
  await visitor.openChat();
  await visitor.start(name);
  for (const text of CORPUS) {
    await visitor.say(text);
    // Five messages a second are allowed; a person is slower.
    await page.waitForTimeout(220);
  }
  const picture = { name: '"><img src=x onerror=ran(93)>.png', mimeType: 'image/png', buffer: png(40, 30, [200, 150, 50]) };
  await visitor.frame().locator('input[type=file]').setInputFiles(picture);
  await visitor.frame().getByRole('button', { name: 'Send', exact: true }).click();

  await maya.page.getByRole('list', { name: 'Conversations' }).getByRole('button').filter({ hasText: name }).first().click();
  await maya.page.getByRole('heading', { name, exact: true }).waitFor();
  await hasAll(maya.log());
  await hasAll(visitor.log());
  await maya.log().locator('img').first().waitFor();

  // In the other direction, and then from the database.
  for (const text of CORPUS.slice(0, 10)) await maya.say(`And ${text}`);
  await visitor.log().getByText(`And ${CORPUS[9]}`, { exact: true }).waitFor();
  await maya.page.reload();
  await hasAll(maya.log());
  await page.reload();
  await visitor.openChat();
  await visitor.log().waitFor();
  await hasAll(visitor.log());

  await pointAtEverything(maya.log());
  await pointAtEverything(visitor.log());
  expect(await strangeAddresses(maya.page.locator('body'))).toEqual([]);
  expect(await strangeAddresses(visitor.frame().locator('body'))).toEqual([]);
  expect(incidents.flat()).toEqual([]);
  await maya.close();
  await visitor.close();
});

it('nothing runs that an old front-end puts into fields which Switchboard’s clients do not send', async () => {
  const maya = await ConsolePage.signedIn(browser, system, OPERATORS.maya);
  const incidents = await watch(maya.context);
  const socket = io(system.relay, { path: '/chat', transports: ['websocket'], forceNew: true, extraHeaders: { origin: system.web } });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const username = '"><svg onload=ran(100)>';
  socket.emit('join', { role: 'client', name: username });
  const evil = [
    { type: 'image', image: 'javascript:ran(101)', name: '"onerror=ran(102) x="', mimeType: 'image/svg+xml' },
    { type: 'image', image: 'data:text/html,<script>parent.ran(103)</script>', name: 'a', mimeType: 'text/html' },
    {
      type: 'image',
      image: 'data:image/svg+xml,<svg xmlns="http://www.w3.org/2000/svg" onload="ran(104)"/>',
      name: 'b',
      mimeType: 'image/svg+xml',
    },
    { type: '<img src=x onerror=ran(105)>', message: '<img src=x onerror=ran(106)>' },
    { type: 'text', message: 'the last one' },
  ];
  for (const message of evil) await socket.emitWithAck('clientMessage', message);
  await maya.page.getByRole('list', { name: 'Conversations' }).getByRole('button').filter({ hasText: username }).first().click();
  await maya.message('the last one').waitFor();
  await pointAtEverything(maya.log());
  expect(await strangeAddresses(maya.page.locator('body'))).toEqual([]);
  expect(incidents).toEqual([]);
  socket.disconnect();
  await maya.close();
});
