import { expect, it } from 'vitest';

import { useConsoleHarness } from '../testing/use-console-harness.ts';

const harness = useConsoleHarness();
const german = { locale: 'de-DE' } as const;

it('the sign-in page is in the language of the browser, with a link to the right address', async () => {
  const page = await harness.open('sign-in', german);
  await page.route('**/api/auth/sign-in/email', async (route) => {
    const error = { code: 'forbidden', message: 'no', params: { origin: 'http://chat.localhost:3000' } };
    await route.fulfill({ status: 403, json: { error } });
  });
  await page.getByRole('heading', { name: 'Bei Switchboard anmelden' }).waitFor();
  await page.getByLabel('E-Mail', { exact: true }).fill('maya@lamps.example');
  await page.getByLabel('Passwort', { exact: true }).fill('right');
  await page.getByRole('button', { name: 'Anmelden', exact: true }).click();
  const problem = page.getByRole('alert');
  expect(await problem.textContent()).toBe(
    'Diese Konsole ist nicht für http://console.localhost eingerichtet. Öffnen Sie http://chat.localhost:3000 oder fügen Sie http://console.localhost zu FRONTEND_URL hinzu.',
  );
  expect(await problem.getByRole('link').getAttribute('href')).toBe('http://chat.localhost:3000');
});

it('the console is in German: plurals, times, statuses and errors', async () => {
  const page = await harness.open('nothing', { ...german, path: '/?c=1' });
  await page.evaluate(() => {
    const { chat, summaryOf, messageOf } = window.harness;
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const own = { senderType: 'OPERATOR', own: true, operatorName: 'Maya Lindqvist' } as const;
    chat.conversation(1).set({
      messages: [
        messageOf({ key: 'a', text: 'Hallo', createdAt: minutesAgo(24 * 60 + 5) }),
        messageOf({ ...own, key: 'b', text: 'Guten Tag', status: 'failed', failure: 'too_large' }),
      ],
    });
    chat.set({
      conversations: [
        summaryOf({ clientId: 1, username: 'Ana Example', unread: 2, waitingSince: minutesAgo(125.5) }),
        summaryOf({ clientId: 2, username: '' }),
      ],
      waiting: 1,
      unsent: 2,
    });
    window.harness.show('console');
  });
  await page.getByRole('heading', { name: 'Ana Example', exact: true }).waitFor();
  const list = page.getByRole('list', { name: 'Unterhaltungen', exact: true });
  expect(await list.getByRole('button').evaluateAll((rows) => rows.map((row) => row.getAttribute('aria-label')))).toEqual([
    'Ana Example, 2 ungelesen, wartet 2 Std. 5 Min.',
    'Besucher 2',
  ]);
  const log = page.getByRole('log', { name: 'Nachrichten', exact: true });
  expect(await log.textContent()).toMatch(/Gestern.*Nicht gesendet.*Das ist größer, als der Server annimmt\..*Erneut versuchen/s);
  await page.getByText('2 Nachrichten nicht gesendet').waitFor();
  expect(await page.title()).toBe('(1) Posteingang');
  // None of the English texts of this screen is left.
  const all = await page.locator('body').innerText();
  expect(all).not.toMatch(/\b(?:Send|Done|Retry|Discard|Waiting|Open|Yesterday|Connected|Inbox|Write|Sound)\b/);
});
