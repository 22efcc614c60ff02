import { expect, it } from 'vitest';

import { useConsoleStage } from '../../testing/use-console-stage.ts';

const stage = useConsoleStage();

it('signs in with what a password manager fills, and goes on', async () => {
  const page = await stage.open('sign-in');
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

it.each([
  [401, 'The e-mail or the password is wrong.'],
  [400, 'The e-mail or the password is wrong.'],
  [429, 'Too many attempts. Wait a minute, then try again.'],
  [503, 'The server can’t sign you in at the moment. Try again shortly.'],
])('says in a sentence why it did not work: %i', async (status, words) => {
  const page = await stage.open('sign-in');
  await page.route('**/api/auth/sign-in/email', async (route) => await route.fulfill({ status, json: {} }));
  await page.getByLabel('Email', { exact: true }).fill('maya@lamps.example');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.keyboard.press('Enter');
  expect(await page.getByRole('alert').textContent()).toBe(words);
  expect(await page.getByLabel('Email', { exact: true }).inputValue()).toBe('maya@lamps.example');
  const password = page.getByLabel('Password', { exact: true });
  await expect.poll(async () => await password.evaluate((field) => field === document.activeElement)).toBe(true);
});

it('says so when there is no network', async () => {
  const page = await stage.open('sign-in');
  await page.route('**/api/auth/sign-in/email', async (route) => await route.abort());
  await page.getByLabel('Email', { exact: true }).fill('maya@lamps.example');
  await page.getByLabel('Password', { exact: true }).fill('right');
  await page.keyboard.press('Enter');
  expect(await page.getByRole('alert').textContent()).toMatch(/can’t be reached/);
});
