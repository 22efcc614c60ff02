import { expect, it } from 'vitest';

import { useConsoleHarness } from '../testing/use-console-harness.ts';

const harness = useConsoleHarness();

it('says that an error in the page is not the server’s, and reloads the page once', async () => {
  const page = await harness.open('nothing');
  await page.clock.install();
  await page.evaluate(() => window.harness.show('page-fault'));
  await page.getByRole('heading', { name: 'This page has stopped working' }).waitFor();
  const words = page.getByRole('status');
  expect(await words.textContent()).toMatch(/not in the server: nothing you sent is lost.*translator.*reloads in 10 seconds/s);
  const loaded = page.waitForEvent('load');
  await page.clock.runFor(10_000);
  await loaded;
  await page.waitForFunction(() => 'harness' in window);
  await page.evaluate(() => window.harness.show('page-fault'));
  await words.getByText('This has happened before').waitFor();
  let loads = 0;
  page.on('load', () => (loads += 1));
  await page.clock.runFor(120_000);
  expect(loads).toBe(0);
  await page.getByRole('button', { name: 'Load the page again' }).click();
  await expect.poll(() => loads).toBe(1);
});

it('stays while the server does not answer, and reloads the page when it does', async () => {
  const page = await harness.open('nothing');
  await page.clock.install();
  let [asked, loads] = [0, 0];
  let isUp = false;
  await page.route('http://console.localhost/', async (route) => {
    if (route.request().method() !== 'HEAD') return await route.fallback();
    asked += 1;
    await (isUp ? route.fulfill({ status: 200 }) : asked % 2 === 0 ? route.fulfill({ status: 502 }) : route.abort());
  });
  page.on('load', () => (loads += 1));
  await page.evaluate(() => window.harness.show('server-fault'));
  expect(await page.getByRole('status').textContent()).toMatch(/The server or its database does not answer/);
  for (const times of [1, 2, 3]) {
    await page.clock.runFor(10_000);
    await expect.poll(() => asked).toBe(times);
  }
  expect(loads).toBe(0);
  isUp = true;
  await page.clock.runFor(10_000);
  await expect.poll(() => loads).toBe(1);
});
