import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';

import { useConsoleHarness } from '../../testing/use-console-harness.ts';

const harness = useConsoleHarness();
const FIRST = { role: 'ADMIN', name: null, email: null, invitedBy: null };
const INVITED = { role: 'OPERATOR', name: 'Ben', email: 'ben@lamps.example', invitedBy: 'Ada Lindqvist' };

/** What the page has sent, by path, and what is answered. */
type Answers = Readonly<Record<string, { readonly status?: number; readonly json?: object }>>;

async function open(answers: Answers, options: { readonly locale?: string } = {}): Promise<{ page: Page; sent: [string, unknown][] }> {
  const sent: [string, unknown][] = [];
  const api = async (path: string, init: RequestInit) => {
    sent.push([path, JSON.parse(typeof init.body === 'string' ? init.body : '')]);
    const { status = 200, json = {} } = answers[path] ?? { status: 404 };
    return await Promise.resolve(Response.json(json, { status }));
  };
  const page = await harness.open('join', { path: '/#the-secret', api, ...options });
  return { page, sent };
}

const refusal = (status: number, reason: string, code: string) => ({
  status,
  json: { error: { code, message: 'no', retryable: false, reason } },
});
const CHECK = '/api/v1/invitations/check';
const ACCEPT = '/api/v1/invitations/accept';
const SIGN_IN = '/api/auth/sign-in/email';

async function submit(page: Page, button: string): Promise<void> {
  await page.getByLabel('Name', { exact: true }).fill('Ada');
  await page.getByLabel('Email', { exact: true }).fill(' ada@lamps.example ');
  await page.getByLabel('Password', { exact: true }).fill(' correct horse ');
  await page.getByRole('button', { name: button, exact: true }).click();
}

it('creates the first administrator, signs in and opens the inbox', async () => {
  const { page, sent } = await open({ [CHECK]: { json: FIRST }, [ACCEPT]: { json: { operatorId: 1 } }, [SIGN_IN]: {} });
  await page.getByRole('heading', { name: 'Create the first administrator' }).waitFor();
  const left = page.waitForURL('http://console.localhost/');
  await submit(page, 'Create administrator');
  await left;
  const credentials = { email: 'ada@lamps.example', password: ' correct horse ' };
  expect(sent).toEqual([
    [CHECK, { token: 'the-secret' }],
    [ACCEPT, { token: 'the-secret', name: 'Ada', ...credentials }],
    [SIGN_IN, credentials],
  ]);
});

it('says who has invited, and fills in what they have said', async () => {
  const { page } = await open({ [CHECK]: { json: INVITED } });
  await page.getByRole('heading', { name: 'Join Ada Lindqvist’s team' }).waitFor();
  expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Ben');
  expect(await page.getByLabel('Email', { exact: true }).inputValue()).toBe('ben@lamps.example');
  await page.getByRole('button', { name: 'Create account', exact: true }).waitFor();
});

it('does not send a password that is too short', async () => {
  const { page, sent } = await open({ [CHECK]: { json: INVITED } });
  await page.getByLabel('Password', { exact: true }).fill('too short');
  await page.getByRole('button', { name: 'Create account', exact: true }).click();
  expect(await page.getByLabel('Password', { exact: true }).evaluate((field: HTMLInputElement) => field.validity.valid)).toBe(false);
  expect(sent).toHaveLength(1);
});

it.each([
  [404, 'invitation_not_found', 'not_found', 'This link is not valid. Check that it is complete, or ask for a new one.'],
  [409, 'invitation_used', 'conflict', 'This link has been used already. If it was you, sign in.'],
])('says what is wrong with a link: %i %s', async (status, reason, code, words) => {
  const { page } = await open({ [CHECK]: refusal(status, reason, code) });
  expect(await page.getByRole('alert').textContent()).toBe(words);
  expect(await page.getByRole('button').count()).toBe(0);
});

it('keeps what was typed when there is an account with that e-mail', async () => {
  const taken = refusal(409, 'email_taken', 'conflict');
  taken.json.error = { ...taken.json.error, params: { email: 'ada@lamps.example' } } as typeof taken.json.error;
  const { page } = await open({ [CHECK]: { json: INVITED }, [ACCEPT]: taken });
  await page.getByRole('button').waitFor();
  await submit(page, 'Create account');
  await page.getByRole('alert').getByText('There is somebody with the email ada@lamps.example already.').waitFor();
  expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe(' correct horse ');
  expect(await page.getByRole('button', { name: 'Create account', exact: true }).isEnabled()).toBe(true);
});

it('signs in when the answer to the first attempt was lost', async () => {
  const { page, sent } = await open({ [CHECK]: { json: INVITED }, [ACCEPT]: refusal(409, 'invitation_used', 'conflict'), [SIGN_IN]: {} });
  await page.getByRole('button').waitFor();
  const left = page.waitForURL('http://console.localhost/');
  await submit(page, 'Create account');
  await left;
  expect(sent.map(([path]) => path)).toEqual([CHECK, ACCEPT, SIGN_IN]);
});

it('says that somebody else was faster', async () => {
  const { page } = await open({
    [CHECK]: { json: INVITED },
    [ACCEPT]: refusal(409, 'invitation_used', 'conflict'),
    [SIGN_IN]: { status: 401 },
  });
  await page.getByRole('button').waitFor();
  await submit(page, 'Create account');
  await expect.poll(async () => await page.getByRole('alert').textContent()).toMatch(/^This link has been used already\./);
});

it('is in German', async () => {
  const { page } = await open({ [CHECK]: { json: FIRST } }, { locale: 'de-DE' });
  await page.getByRole('heading', { name: 'Den ersten Administrator anlegen' }).waitFor();
  expect(await page.getByRole('button').textContent()).toBe('Administrator anlegen');
});
