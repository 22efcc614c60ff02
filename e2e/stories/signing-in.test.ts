import { expect, inject, it } from 'vitest';

import { useBrowser } from '../harness/use-browser.ts';
import { ConsolePage } from '../harness/console-page.ts';
import { OPERATORS } from '../harness/operators.ts';
import { within } from '../harness/within.ts';

const system = inject('system');
const browser = useBrowser();

it('the right password at a wrong address leads to the right address', async () => {
  const wrong = system.web.replace('localhost', '127.0.0.1');
  const view = await ConsolePage.open(browser, wrong);
  await view.signIn(OPERATORS.maya.email, OPERATORS.maya.password);
  const alert = view.page.getByRole('alert').filter({ hasText: /./ });
  await alert.getByText(`This console isn’t set up for ${wrong}.`).waitFor();
  await alert.getByRole('link', { name: system.web }).click();
  await expect.poll(() => new URL(view.page.url()).origin).toBe(system.web);
  await view.close();
});

it('a wrong password and an unknown email get the same answer, and nothing is shown', async () => {
  const view = await ConsolePage.open(browser, system.web);
  const refusal = async (email: string, password: string) => {
    await view.signIn(email, password);
    const alert = view.page.getByRole('alert').filter({ hasText: /./ });
    await alert.waitFor();
    const words = await alert.textContent();
    await view.page.reload();
    return words;
  };
  const wrongPassword = await refusal(OPERATORS.maya.email, 'not the password');
  const unknown = await refusal('nobody@lamps.example', 'not the password');
  expect(wrongPassword).toBe(unknown);
  expect(await view.list().count()).toBe(0);
  await view.close();
});

it('the right password opens the console, and signing out closes it', async () => {
  const view = await ConsolePage.open(browser, system.web);
  const { page } = view;
  await view.signIn(OPERATORS.omar.email, OPERATORS.omar.password);
  await view.status('Connected');
  await page.getByRole('button', { name: new RegExp(OPERATORS.omar.name) }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  await page.goto(system.web);
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  expect(await view.list().count()).toBe(0);
  await view.close();
});

it('signing out in one tab ends the connection of every other tab within seconds', async () => {
  const view = await ConsolePage.open(browser, system.web);
  await view.signIn(OPERATORS.omar.email, OPERATORS.omar.password);
  await view.status('Connected');
  const other = await view.context.newPage();
  await other.goto(system.web);
  const otherView = new ConsolePage(other, view.context);
  await otherView.status('Connected');
  await view.page.getByRole('button', { name: new RegExp(OPERATORS.omar.name) }).click();
  await view.page.getByRole('menuitem', { name: 'Sign out' }).click();
  // Nobody uses the other tab: it notices that the relay has closed the connection.
  const dialog = other.getByRole('dialog', { name: 'You are signed out' });
  await within(10_000, 'the other tab says that it is signed out', async () => await dialog.isVisible());
  expect(await dialog.getByRole('button').count()).toBeGreaterThan(0);
  await view.close();
});

it('an operator who submits before the page’s script has loaded waits for it, and their input stays', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  let letGo = () => undefined as void;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await context.route('**/_next/static/**/*.js', async (route) => {
    await held;
    await route.fallback();
  });
  await page.goto(`${system.web}/sign-in`, { waitUntil: 'commit' });
  const { email, password, name } = OPERATORS.maya;
  await page.getByLabel('Email', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByLabel('Password', { exact: true }).press('Enter');
  expect(await page.getByRole('button', { name: 'Sign in', exact: true }).isDisabled()).toBe(true);
  letGo();
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('button', { name: `Account: ${name}` }).waitFor();
  await context.close();
});

it('without a session there is no console, no history and no relay token', async () => {
  const view = await ConsolePage.open(browser, system.web);
  await view.page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  for (const path of ['/api/chat/messages?clientId=1', '/api/chat/token']) {
    const response = await view.page.request.fetch(`${system.web}${path}`, {
      method: path.endsWith('token') ? 'POST' : 'GET',
      headers: { origin: system.web, 'content-type': 'application/json' },
    });
    expect(response.status(), path).toBe(401);
    expect(((await response.json()) as { error: { code: string } }).error.code).toBe('unauthenticated');
  }
  await view.close();
});
