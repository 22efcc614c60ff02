import { createOperator, changeSettings, SYSTEM } from '@switchboard/chat';
import { createTestDatabase } from '@switchboard/database/testing';
import { SETTING_KEYS } from '@switchboard/protocol';
import { expect, it, vi } from 'vitest';

import { judgeSettings } from './doctor/database/settings.ts';
import { makePlace, runCli } from './testing/run-start.ts';

vi.setConfig({ testTimeout: 240_000 });

it('lists settings with their defaults and who changed them when, and prints, changes and resets one', async () => {
  const place = await makePlace();
  const { database, url } = await createTestDatabase();
  const run = async (...args: string[]) => await runCli(place, ['settings', ...args], { env: { DATABASE_URL: url } });
  const ctx = { db: database, log: { debug() {}, info() {}, warn() {}, error() {} } };
  try {
    const { id } = await createOperator(ctx, SYSTEM, { email: 'ada@lamps.example', name: 'Ada', password: 'correct horse', role: 'ADMIN' });
    const admin = { kind: 'operator', userId: id, name: 'Ada', role: 'ADMIN' } as const;
    await changeSettings(ctx, admin, [{ key: 'installation.name', value: 'Lumen & Sons' }]);
    const changed = await run('set', 'widget.sites', 'https://shop.example, https://help.example');
    expect(changed).toMatchObject({
      code: 0,
      output: 'widget.sites is "https://shop.example,https://help.example" now. Running servers follow within 10 s.\n',
    });
    expect(await run('set', 'widget.sound', 'off')).toMatchObject({ code: 0 });
    expect(await run('get', 'widget.sites')).toMatchObject({ code: 0, output: 'https://shop.example,https://help.example\n' });
    expect((await run()).output.split('\n')).toEqual([
      expect.stringMatching(/^installation\.name\t"Lumen & Sons"\tdefault "Switchboard"\tchanged [\dT:.-]+Z by Ada$/),
      'widget.color\t"#0a7d83"\tthe default',
      'widget.title\t""\tthe default',
      'widget.greeting\t""\tthe default',
      expect.stringMatching(/^widget\.sound\t"off"\tdefault "on"\tchanged [\dT:.-]+Z by the command line or a start$/),
      expect.stringMatching(/^widget\.sites\t"https:\/\/shop\.example,https:\/\/help\.example"\tdefault ""\tchanged /),
      '',
    ]);
    expect(await run('reset', 'widget.sound')).toMatchObject({
      code: 0,
      output: 'widget.sound is "on" now. Running servers follow within 10 s.\n',
    });
    expect(await run('set', 'widget.color', 'red')).toMatchObject({
      code: 1,
      output: '',
      errors: 'widget.color must be a color such as #0a7d83 or #07d.\n',
    });
    expect(await run('set', 'widget.sites', 'https://shop.example/lamps')).toMatchObject({
      code: 1,
      errors: 'widget.sites.0 must be an origin such as https://shop.example, without a path or a final slash.\n',
    });
    expect(await run('set', 'widget.title', '')).toMatchObject({ code: 0 });
    expect(await database.prisma.settingChange.count()).toBe(5);
  } finally {
    await database.close();
  }
});

it.each([
  [['get'], /^settings: it must be "settings", "settings get KEY", /],
  [['set', 'widget.title'], /^settings: it must be /],
  [['reset', 'widget.title', 'x'], /^settings: it must be /],
  [['remove', 'widget.title'], /^settings: it must be /],
  [['set', 'widget.title', 'a', 'b'], /^settings: it must be /],
  [
    ['get', 'toString'],
    new RegExp(`^There is no setting "toString"; there are ${SETTING_KEYS.join(', ').replaceAll('.', String.raw`\.`)}\\.`),
  ],
  [['set', 'widget.sites', ''], /^widget\.sites is ""; it must have something .* "settings reset widget\.sites" makes it empty\.$/m],
  [['set', 'widget.sound', 'loud'], /^widget\.sound is "loud"; it must be on or off\.$/m],
])('says in one line what is wrong with settings %j', async (args, line) => {
  const { code, output, errors } = await runCli(await makePlace(), ['settings', ...args]);
  expect([code, output]).toEqual([1, '']);
  expect(errors).toMatch(line);
  expect(errors.trim().split('\n')).toHaveLength(1);
});

const SITES = ['https://shop.example'];
it.each([
  ['nothing is set', { unusable: [], version: 0, sites: [] }, undefined, 'ok', /the defaults hold/],
  ['everything is in the table', { unusable: [], version: 2, sites: SITES }, undefined, 'ok', /framed by 1 site/],
  ['WIDGET_ORIGINS waits for the next start', { unusable: [], version: 0, sites: [] }, SITES, 'warn', /not been taken over yet/],
  ['WIDGET_ORIGINS was taken over', { unusable: [], version: 1, sites: SITES }, SITES, 'warn', /is ignored.*Remove it/],
  ['WIDGET_ORIGINS differs', { unusable: [], version: 2, sites: [] }, SITES, 'warn', /is ignored, and differs.*any site/],
  ['a value of another version', { unusable: ['widget.color'], version: 0, sites: [] }, undefined, 'warn', /can't use.*widget\.color/],
  ['sites of another version', { unusable: ['widget.sites'], version: 2, sites: [] }, undefined, 'fail', /no page can frame the chat/],
] as const)('the doctor judges settings where %s', (_what, found, origins, status, words) => {
  const outcome = judgeSettings(found, origins);
  expect(outcome.status).toBe(status);
  expect(JSON.stringify(outcome)).toMatch(words);
});
