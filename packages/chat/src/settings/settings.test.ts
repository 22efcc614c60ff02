import { SETTING_KEYS, SETTINGS, type SettingView } from '@switchboard/protocol';
import { describe, expect, it } from 'vitest';

import { SYSTEM } from '../actor.ts';
import { chatFixture, codeOf } from '../testing/chat-fixture.ts';
import { changeSettings } from './change-settings.ts';
import { readSettings } from './read-settings.ts';

const chat = chatFixture();

async function settingOf(key: string): Promise<SettingView | undefined> {
  return (await readSettings(chat.ctx, SYSTEM)).settings.find((setting) => setting.key === key);
}
const history = async (key: string) => await chat.db.prisma.settingChange.findMany({ where: { key }, orderBy: { version: 'asc' } });

describe('reading settings', () => {
  it('answers the defaults where nobody has changed anything', async () => {
    const { settings, unusable } = await readSettings(chat.ctx, SYSTEM);
    expect(settings.map(({ key, value }) => [key, value])).toEqual(SETTING_KEYS.map((key) => [key, SETTINGS[key].default]));
    expect(settings.every(({ version, updatedAt, updatedBy }) => version === 0 && updatedAt === null && updatedBy === null)).toBe(true);
    expect(unusable).toEqual([]);
  });

  it('shows operators only what the console reads, and administrators everything', async () => {
    const seenBy = async (role: 'OPERATOR' | 'ADMIN') =>
      (await readSettings(chat.ctx, await chat.operator('Olga', role))).settings.map(({ key }) => key);
    expect(await seenBy('OPERATOR')).toEqual(['installation.name']);
    expect(await seenBy('ADMIN')).toEqual(SETTING_KEYS);
  });

  it('takes the default where the registry does not accept what is stored, and names it', async () => {
    const updatedAt = chat.now;
    await chat.db.prisma.setting.createMany({
      data: [
        { key: 'widget.greeting', value: { text: 'of a newer version' }, version: 3, updatedAt },
        { key: 'widget.of-a-newer-version', value: 1, version: 1, updatedAt },
        { key: 'widget.of-an-older-version', version: 2, updatedAt },
      ],
    });
    const { settings, unusable } = await readSettings(chat.ctx, SYSTEM);
    expect(settings.find(({ key }) => key === 'widget.greeting')).toMatchObject({ value: '', version: 3 });
    expect(unusable.toSorted()).toEqual(['widget.greeting', 'widget.of-a-newer-version']);
    await changeSettings(chat.ctx, SYSTEM, [{ key: 'widget.greeting', value: 'Hello', expected: { version: 3 } }]);
    expect(await settingOf('widget.greeting')).toMatchObject({ value: 'Hello', version: 4 });
  });
});

describe('changing settings', () => {
  it('records who changed what from and to', async () => {
    const admin = await chat.operator('Ada', 'ADMIN');
    const key = 'widget.title';
    const { settings, effects } = await changeSettings(chat.ctx, admin, [{ key, value: ' Ask us ', expected: { version: 0 } }]);
    expect(settings).toMatchObject([{ key, value: 'Ask us', version: 1, updatedBy: { id: admin.userId, name: 'Ada' } }]);
    expect(effects).toEqual([{ kind: 'settings changed', settings }]);
    await changeSettings(chat.ctx, SYSTEM, [{ key, value: 'Help' }]);
    await changeSettings(chat.ctx, admin, [{ key, value: null, expected: { version: 2 } }]);
    expect(await settingOf(key)).toMatchObject({ value: '', version: 3, updatedBy: { name: 'Ada' } });
    expect(await history(key)).toMatchObject([
      { version: 1, byId: admin.userId, from: null, to: 'Ask us' },
      { version: 2, byId: null, from: 'Ask us', to: 'Help' },
      { version: 3, byId: admin.userId, from: 'Help', to: null },
    ]);
  });

  it('refuses a value that the registry does not accept, and changes nothing of the same request', async () => {
    const attempt = changeSettings(chat.ctx, SYSTEM, [
      { key: 'installation.name', value: 'Lamps' },
      { key: 'widget.color', value: 'red' },
    ]);
    await expect(attempt).rejects.toMatchObject({
      code: 'invalid_request',
      detail: { fields: { 'widget.color': 'must be a color such as #0a7d83 or #07d' } },
    });
    expect(await settingOf('installation.name')).toMatchObject({ value: 'Switchboard', version: 0 });
  });

  it('refuses all of a request of which one setting has been changed meanwhile, and answers that one as it is', async () => {
    await changeSettings(chat.ctx, SYSTEM, [{ key: 'widget.color', value: '#c04' }]);
    const attempt = changeSettings(chat.ctx, SYSTEM, [
      { key: 'widget.color', value: '#00c', expected: { version: 0 } },
      { key: 'installation.name', value: 'Lamps', expected: { version: 0 } },
    ]);
    await expect(attempt).rejects.toMatchObject({
      code: 'conflict',
      detail: { current: { key: 'widget.color', value: '#cc0044', version: 1 } },
    });
    expect(await settingOf('installation.name')).toMatchObject({ value: 'Switchboard', version: 0 });
  });

  it.each([undefined, { version: 0 }])('numbers changes that come at once without a gap, expecting %j', async (expected) => {
    const key = expected === undefined ? 'widget.sites' : 'installation.name';
    const values = Array.from({ length: 6 }, (_, index) => `https://shop-${index}.example`);
    const outcomes = await Promise.all(
      values.map(
        async (site) => await codeOf(changeSettings(chat.ctx, SYSTEM, [{ key, value: expected === undefined ? [site] : site, expected }])),
      ),
    );
    const made = outcomes.filter((outcome) => outcome === 'resolved').length;
    expect(outcomes.filter((outcome) => outcome === 'conflict')).toHaveLength(6 - made);
    expect(made).toBe(expected === undefined ? 6 : 1);
    const changes = await history(key);
    expect(changes.map(({ version }) => version)).toEqual(Array.from({ length: made }, (_, index) => index + 1));
    // Each change began where the one before it ended.
    expect(changes.slice(1).map(({ from }) => from)).toEqual(changes.slice(0, -1).map(({ to }) => to));
    expect(await settingOf(key)).toMatchObject({ value: changes.at(-1)?.to, version: made });
  });
});
