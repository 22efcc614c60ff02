import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';

import { launchBrowser } from './harness/browser.ts';
import { ConsolePage } from './harness/console-page.ts';
import { serveHostPage } from './harness/host-page.ts';
import { png } from './harness/image.ts';
import { OPERATORS, signIn } from './harness/operators.ts';
import { startSystem } from './harness/system.ts';
import { WidgetPage } from './harness/widget-page.ts';

// Takes the screenshots of the README from a running system, so that they match the product: npm run screenshots -w @switchboard/e2e
const FOLDER = resolve(import.meta.dirname, '../docs/screenshots');
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const DESK = { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1.5 };

const system = await startSystem();
const host = await serveHostPage(system.web);
const browser = await launchBrowser();
await mkdir(FOLDER, { recursive: true });
/** The messages that the list shows. They are really sent, so that the screenshots show a real state. */
const rowsSay = async (view: ConsolePage, texts: Readonly<Record<string, string>>) => {
  for (const [visitor, text] of Object.entries(texts)) await view.row(visitor).getByText(text).waitFor();
};
const shoot = async (view: ConsolePage | WidgetPage, name: string) => {
  await view.page.mouse.move(640, 2);
  await view.page.screenshot({ path: resolve(FOLDER, `${name}.png`), animations: 'disabled' });
};
/** Waits until the newest message of this side shows this status. */
const settled = async (view: WidgetPage, text: string, status: string) => {
  const message = view
    .log()
    .locator('.message')
    .filter({ has: view.frame().getByText(text, { exact: true }) });
  await message.locator('.status').getByText(status, { exact: true }).waitFor();
};

try {
  const { maya } = OPERATORS;
  await system.command('operator', 'create', '--email', maya.email, '--name', maya.name, '--password', maya.password);
  const signedIn = { web: system.web, sessions: { [maya.email]: await signIn(system.web, maya) } };
  const shop = `${system.web}/demo`;
  const quick: readonly (readonly [string, readonly string[]])[] = [
    ['Kwabena Osei', ['Hi, is the paper moon available in 60 cm?']],
    ['سارة المنصوري', ['مرحبًا، هل تشحنون إلى دبي؟']],
    ['Maximiliana Wolkenstein-Trostburg zu Hohenems', ['My order 4411 arrived with a cracked shade. What now?', 'I can send a picture.']],
    ['Jun Watanabe', ['Thank you, that solved it!']],
  ];
  for (const [name, texts] of quick) {
    const visitor = await WidgetPage.started(browser, shop, name);
    for (const text of texts) {
      await visitor.say(text);
      await settled(visitor, text, 'Sent');
    }
    await visitor.close();
  }
  const operator = await ConsolePage.signedIn(browser, signedIn, maya, DESK);
  const visitor = await WidgetPage.open(browser, shop, DESK);
  await visitor.openChat();
  await visitor.frame().getByLabel('Name', { exact: true }).waitFor();
  await shoot(visitor, 'widget-form');
  await visitor.start('Ana Lindgren', '+46 70 123 45 67');
  await operator.openConversation('Jun Watanabe');
  await operator.say('Gladly. Good light to you!');
  await visitor.say('Hello! Does the reading lamp take an E14 bulb?');
  await operator.openConversation('Ana Lindgren');
  await operator.say('Hello Ana. Yes, E14, up to 40 W. An LED of 4 W gives the same light.');
  await visitor.message('Hello Ana. Yes, E14, up to 40 W. An LED of 4 W gives the same light.').waitFor();
  await visitor.say('Good. And does it come in this green?');
  await visitor
    .frame()
    .locator('input[type=file]')
    .setInputFiles({ name: 'green.png', mimeType: 'image/png', buffer: png(220, 130, [62, 104, 82]) });
  await visitor.frame().getByRole('button', { name: 'Send', exact: true }).click();
  await operator.log().locator('img').waitFor();
  await operator.say('It does: we call it moss. I can put one aside for you until Friday.');
  await visitor.message('It does: we call it moss. I can put one aside for you until Friday.').waitFor();
  await visitor.say('Please do. Thank you!');
  await settled(visitor, 'Please do. Thank you!', 'Read');
  await shoot(visitor, 'widget-desktop');
  const rows = {
    ...Object.fromEntries(quick.map(([name, texts]) => [name, texts.at(-1) ?? ''])),
    'Jun Watanabe': 'You: Gladly. Good light to you!',
    'Ana Lindgren': 'Please do. Thank you!',
  };
  await rowsSay(operator, rows);
  await shoot(operator, 'console-desktop');
  await operator.page.emulateMedia({ colorScheme: 'dark' });
  await shoot(operator, 'console-dark');
  await visitor.page.emulateMedia({ colorScheme: 'dark' });
  await shoot(visitor, 'widget-dark');
  const pocket = await ConsolePage.signedIn(browser, signedIn, maya, PHONE);
  await rowsSay(pocket, rows);
  await shoot(pocket, 'console-phone-list');
  await pocket.openConversation('Ana Lindgren');
  await pocket.log().locator('img').waitFor();
  await shoot(pocket, 'console-phone');
  const phone = await WidgetPage.started(browser, host.url, 'Noor Haddad', PHONE);
  await phone.say('Are you open on Saturday?');
  await operator.openConversation('Noor Haddad');
  await operator.say('We are, from ten to four.');
  await phone.message('We are, from ten to four.').waitFor();
  await settled(phone, 'Are you open on Saturday?', 'Read');
  await shoot(phone, 'widget-phone');
} finally {
  await browser.close();
  await host.close();
  await system.stop();
}
