import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { changeSettings, readSettings, SYSTEM, type Context } from '@switchboard/chat';
import { openDatabase } from '@switchboard/database';
import { createTestDatabase } from '@switchboard/database/testing';
import { afterEach, expect, it, onTestFinished, vi } from 'vitest';

import { createCurrentSettings, type CurrentSettings } from './current-settings.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Line {
  readonly level: string;
  readonly message: string;
}
let lines: Line[] = [];
afterEach(() => void (lines = []));
const said = (level: string, message: RegExp) => lines.filter((line) => line.level === level && message.test(line.message)).length;

/** A context on the database at this address, whose log is kept. */
function contextAt(url: string): Pick<Context, 'db' | 'log'> {
  const db = openDatabase({ url, applicationName: 'test', poolSize: 2 });
  onTestFinished(async () => await db.close());
  const note = (level: string) => (_fields: object, message: string) => void lines.push({ level, message });
  return { db, log: { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') } };
}

/** The settings of one web server. */
function serverWith(chat: Pick<Context, 'db' | 'log'>, widgetOrigins?: readonly string[]): CurrentSettings {
  const settings = createCurrentSettings({ chat, widgetOrigins });
  onTestFinished(() => settings.close());
  return settings;
}

async function makeDatabase(): Promise<string> {
  const { database, url } = await createTestDatabase();
  await database.close();
  return url;
}

/** Leads to the database, and can be cut. */
async function cuttable(url: string) {
  const target = new URL(url);
  const { hostname, port } = target;
  const sockets = new Set<Socket>();
  let isCut = false;
  const proxy = createServer((socket) => {
    if (isCut) {
      socket.destroy();
      return;
    }
    const upstream = connect(Number(port), hostname);
    for (const one of [socket, upstream])
      sockets.add(one.on('error', () => undefined).on('close', () => [socket, upstream].forEach((each) => each.destroy())));
    socket.pipe(upstream).pipe(socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  target.host = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const set = (cut: boolean) => {
    isCut = cut;
    if (cut) for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    set(true);
    proxy.close();
  });
  return { url: target.href, cut: () => set(true), mend: () => set(false) };
}

it('a change on one server is seen on another one, and after a reset the default', async () => {
  const url = await makeDatabase();
  const [one, other] = [contextAt(url), contextAt(url)];
  const settings = serverWith(other);
  settings.start();
  await settings.known();
  expect(settings.value('widget.color')).toBe('#0a7d83');
  await changeSettings(one, SYSTEM, [{ key: 'widget.color', value: '#c04' }]);
  await expect.poll(() => settings.value('widget.color')).toBe('#cc0044');
  await changeSettings(one, SYSTEM, [{ key: 'widget.color', value: null }]);
  await expect.poll(() => settings.value('widget.color')).toBe('#0a7d83');
});

it('the server that changes a setting follows at once, also when it is reading settings at that moment', async () => {
  const chat = contextAt(await makeDatabase());
  const settings = serverWith(chat);
  await settings.known();
  settings.start();
  const { settings: changed } = await changeSettings(chat, SYSTEM, [{ key: 'widget.title', value: 'Ask us' }]);
  settings.adopt(changed);
  expect(settings.value('widget.title')).toBe('Ask us');
  const { settings: later } = await changeSettings(chat, SYSTEM, [{ key: 'widget.title', value: 'Help' }]);
  settings.adopt(later);
  settings.adopt(changed);
  expect(settings.value('widget.title')).toBe('Help');
});

it('while the database is away the last known values hold, and those of before the first reading are the defaults', async () => {
  const way = await cuttable(await makeDatabase());
  const chat = contextAt(way.url);
  way.cut();
  const settings = serverWith(chat);
  settings.start();
  await expect(settings.known()).rejects.toMatchObject({ code: 'unavailable' });
  await expect(settings.sites()).rejects.toMatchObject({ code: 'unavailable' });
  expect(settings.value('installation.name')).toBe('Switchboard');
  await expect.poll(() => said('warn', /cannot be read/)).toBe(1);
  way.mend();
  await expect.poll(async () => await settings.sites().catch(() => undefined)).toEqual([]);
  await changeSettings(chat, SYSTEM, [{ key: 'widget.sites', value: ['https://shop.example'] }]);
  await expect.poll(async () => await settings.sites()).toEqual(['https://shop.example']);
  way.cut();
  await expect.poll(() => said('warn', /cannot be read/)).toBe(2);
  expect(await settings.sites()).toEqual(['https://shop.example']);
});

it('WIDGET_ORIGINS becomes the setting once, is there for the first request, and is ignored afterwards', async () => {
  const chat = contextAt(await makeDatabase());
  const before = ['https://shop.example'];
  // Several servers start at once.
  const servers = Array.from({ length: 3 }, () => serverWith(chat, before));
  expect(await Promise.all(servers.map(async (settings) => await settings.sites()))).toEqual([before, before, before]);
  expect(said('info', /was taken over/)).toBe(1);
  expect((await readSettings(chat, SYSTEM)).settings.find(({ key }) => key === 'widget.sites')).toMatchObject({
    value: before,
    version: 1,
  });
  expect(said('warn', /WIDGET_ORIGINS is ignored/)).toBe(0);

  await changeSettings(chat, SYSTEM, [{ key: 'widget.sites', value: ['https://other.example'] }]);
  expect(await serverWith(chat, before).sites()).toEqual(['https://other.example']);
  expect(said('warn', /WIDGET_ORIGINS is ignored/)).toBe(1);
  await changeSettings(chat, SYSTEM, [{ key: 'widget.sites', value: null }]);
  expect(await serverWith(chat, before).sites()).toEqual([]);
  expect(said('info', /was taken over/)).toBe(1);
});

it('WIDGET_ORIGINS holds until settings were read for the first time', async () => {
  const way = await cuttable(await makeDatabase());
  way.cut();
  expect(await serverWith(contextAt(way.url), ['https://shop.example']).sites()).toEqual(['https://shop.example']);
});

it('says which stored values this version cannot use, once', async () => {
  const chat = contextAt(await makeDatabase());
  await chat.db.prisma.setting.create({ data: { key: 'widget.color', value: { hue: 7 }, version: 1 } });
  const settings = serverWith(chat);
  settings.start();
  await settings.known();
  expect(settings.value('widget.color')).toBe('#0a7d83');
  expect(said('warn', /cannot use the stored values/)).toBe(1);
});

it('lets no page frame the chat where this version cannot use the stored sites, until they are set again', async () => {
  const chat = contextAt(await makeDatabase());
  await chat.db.prisma.setting.create({ data: { key: 'widget.sites', value: { allow: ['https://shop.example'] }, version: 1 } });
  const settings = serverWith(chat, ['https://older.example']);
  await expect(settings.sites()).rejects.toMatchObject({ code: 'unavailable' });
  const { settings: changed } = await changeSettings(chat, SYSTEM, [{ key: 'widget.sites', value: ['https://shop.example'] }]);
  settings.adopt(changed);
  expect(await settings.sites()).toEqual(['https://shop.example']);
});
