import { expect, it } from 'vitest';

import { useConsoleStage } from '../testing/use-console-stage.ts';

const stage = useConsoleStage();
const german = { locale: 'de-DE' } as const;

it('shows the sign-in page in the language of the browser, with an address that can be followed', async () => {
  const page = await stage.open('sign-in', german);
  await page.route('**/api/auth/sign-in/email', async (route) => {
    const error = { code: 'forbidden', message: 'no', fields: { origin: 'http://chat.localhost:3000' } };
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
