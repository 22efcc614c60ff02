import { expect, it } from 'vitest';

import { useConsoleHarness } from '../../testing/use-console-harness.ts';

const harness = useConsoleHarness();

it('signs in with the input of a password manager, and navigates on', async () => {
  const page = await harness.open('sign-in');
  const email = page.getByLabel('Email', { exact: true });
  const password = page.getByLabel('Password', { exact: true });
  expect(await email.evaluate((field) => field === document.activeElement)).toBe(true);
  expect([await email.getAttribute('autocomplete'), await password.getAttribute('autocomplete')]).toEqual(['username', 'current-password']);
  await page.route('**/api/auth/sign-in/email', async (route) => {
    expect(route.request().postDataJSON()).toEqual({ email: 'maya@lamps.example', password: ' p w ' });
    await route.fulfill({ json: {} });
  });
  await email.fill(' maya@lamps.example ');
  await password.fill(' p w ');
  const moved = page.waitForNavigation();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await moved;
  expect(page.url()).toBe('http://console.localhost/');
});

it.each<[number, object, string]>([
  [401, {}, 'The email or the password is wrong.'],
  [400, {}, 'The email or the password is wrong.'],
  [429, {}, 'Too many attempts. Wait a minute, then try again.'],
  [429, { error: { code: 'rate_limited', params: { seconds: 12 } } }, 'Too many attempts. Try again in 12 s.'],
  [503, {}, 'The server can’t sign you in at the moment. Try again shortly.'],
])('says why signing in failed: %i %j', async (status, json, words) => {
  const page = await harness.open('sign-in');
  await page.route('**/api/auth/sign-in/email', async (route) => await route.fulfill({ status, json }));
  await page.getByLabel('Email', { exact: true }).fill('maya@lamps.example');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.keyboard.press('Enter');
  expect(await page.getByRole('alert').textContent()).toBe(words);
  expect(await page.getByLabel('Email', { exact: true }).inputValue()).toBe('maya@lamps.example');
  const password = page.getByLabel('Password', { exact: true });
  await expect.poll(async () => await password.evaluate((field) => field === document.activeElement)).toBe(true);
});

it('says that there is no network', async () => {
  const page = await harness.open('sign-in');
  await page.route('**/api/auth/sign-in/email', async (route) => await route.abort());
  await page.getByLabel('Email', { exact: true }).fill('maya@lamps.example');
  await page.getByLabel('Password', { exact: true }).fill('right');
  await page.keyboard.press('Enter');
  expect(await page.getByRole('alert').textContent()).toMatch(/can’t be reached/);
});

it('links to the right address after a sign-in at the wrong one', async () => {
  const page = await harness.open('sign-in');
  await page.route('**/api/auth/sign-in/email', async (route) => {
    await route.fulfill({
      status: 403,
      json: { error: { code: 'forbidden', message: 'no', params: { origin: 'http://chat.localhost:3000' } } },
    });
  });
  await page.getByLabel('Email', { exact: true }).fill('maya@lamps.example');
  await page.getByLabel('Password', { exact: true }).fill('right');
  await page.keyboard.press('Enter');
  const alert = page.getByRole('alert');
  await alert.waitFor();
  expect(await alert.textContent()).toBe(
    'This console isn’t set up for http://console.localhost. Open http://chat.localhost:3000, or add http://console.localhost to FRONTEND_URL.',
  );
  expect(await alert.getByRole('link').getAttribute('href')).toBe('http://chat.localhost:3000');
});

it.each([
  ['a proxy’s page', { status: 403, body: '<h1>Forbidden</h1>' }],
  ['an address that is none', { status: 403, json: { error: { code: 'forbidden', params: { origin: 'javascript:alert(1)' } } } }],
  ['this very address', { status: 403, json: { error: { code: 'forbidden', params: { origin: 'http://console.localhost' } } } }],
])('offers no link for %s', async (_what, answer) => {
  const page = await harness.open('sign-in');
  await page.route('**/api/auth/sign-in/email', async (route) => await route.fulfill(answer));
  await page.getByLabel('Email', { exact: true }).fill('maya@lamps.example');
  await page.getByLabel('Password', { exact: true }).fill('right');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('The server refuses to sign anybody in at http://console.localhost').waitFor();
  expect(await page.getByRole('alert').getByRole('link').count()).toBe(0);
});

it('says that signing in takes long', async () => {
  const page = await harness.open('sign-in');
  await page.clock.install();
  await page.route('**/api/auth/sign-in/email', () => undefined);
  await page.getByLabel('Email', { exact: true }).fill('maya@lamps.example');
  await page.getByLabel('Password', { exact: true }).fill('right');
  await page.keyboard.press('Enter');
  const button = page.getByRole('button', { name: 'Sign in', exact: true });
  await expect.poll(async () => await button.isDisabled()).toBe(true);
  await page.clock.runFor(5_000);
  await page.getByText('Still signing in. The server has not answered yet.').waitFor();
});
