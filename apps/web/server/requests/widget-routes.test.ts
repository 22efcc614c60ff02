import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readSettings, SYSTEM } from '@switchboard/chat';
import { openDatabase } from '@switchboard/database';
import type { SettingKey, SettingValue } from '@switchboard/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { setSettings } from './handlers/settings.ts';
import { GET as asset } from '../../app/widget/assets/[name]/route.ts';
import { GET as frame } from '../../app/widget/route.ts';
import { GET as loader } from '../../app/widget.js/route.ts';
import { GET as demo } from '../../app/demo/route.ts';
import { createCurrentSettings } from '../parts/settings/current-settings.ts';
import { installServices } from '../services/services.ts';
import { ask, newOperator, useTestServer, type Person } from '../testing/test-server.ts';

const server = useTestServer({ NEXT_PUBLIC_SOCKET_URL: 'https://relay.example' });

let widgetDir: string;
beforeAll(async () => {
  widgetDir = await mkdtemp(join(tmpdir(), 'switchboard-widget-'));
  await mkdir(join(widgetDir, 'frame/assets'), { recursive: true });
  await writeFile(join(widgetDir, 'widget.js'), 'loader()');
  await writeFile(
    join(widgetDir, 'frame/index.html'),
    '<!doctype html><html><head><script type="module" src="/widget/assets/a.js"></script></head></html>',
  );
  await writeFile(join(widgetDir, 'frame/assets/a-1f.js'), 'frame()');
  await writeFile(join(widgetDir, 'frame/assets/secret.txt'), 'no');
  configure({});
});
afterAll(async () => await rm(widgetDir, { recursive: true, force: true }));

function configure(config: Partial<typeof server.services.config>): void {
  installServices({ ...server.services, config: { ...server.services.config, widgetDir, ...config } });
}
const fetchAsset = async (name: string) => await asset(ask('GET', `/widget/assets/${name}`), { params: Promise.resolve({ name }) });

describe('/widget.js', () => {
  it('is a script for any page that browsers ask for again', async () => {
    const response = await loader(ask('GET', '/widget.js'));
    expect(await response.text()).toBe('loader()');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': expect.stringContaining('max-age=300'),
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
    });
    const etag = response.headers.get('etag') ?? '';
    expect((await loader(ask('GET', '/widget.js', { headers: { 'if-none-match': etag } }))).status).toBe(304);
    await writeFile(join(widgetDir, 'widget.js'), 'loader("new")');
    const changed = await loader(ask('GET', '/widget.js', { headers: { 'if-none-match': etag } }));
    expect(await changed.text()).toBe('loader("new")');
  });

  it('can be a module, and isolated pages may have it and the frame', async () => {
    for (const response of [
      await loader(ask('GET', '/widget.js')),
      await frame(),
      await fetchAsset('a-1f.js'),
      await fetchAsset('nothing.js'),
    ])
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'cross-origin-embedder-policy': 'require-corp',
      });
  });

  it('says what to do when it has not been built', async () => {
    configure({ widgetDir: join(widgetDir, 'nowhere') });
    expect((await loader(ask('GET', '/widget.js'))).status).toBe(503);
    expect((await frame()).status).toBe(503);
    configure({});
  });
});

describe('/widget', () => {
  it('contains the relay’s address for the frame', async () => {
    const html = await (await frame()).text();
    const data = /<script type="application\/json" id="switchboard-config">(.*?)<\/script><\/head>/.exec(html)?.[1] ?? '';
    expect(JSON.parse(data)).toEqual({
      relay: { url: 'https://relay.example', path: '/chat' },
      debug: false,
      maxImageBytes: 10_485_760,
      color: '#0a7d83',
      title: '',
      greeting: '',
      sound: true,
    });
  });

  it('can not be broken out of by a value', async () => {
    configure({ relay: { url: 'https://relay.example', path: '/</script><script>alert(1)</script>' } });
    expect(await (await frame()).text()).not.toContain('<script>alert');
    configure({});
  });

  it('lets the frame run its own scripts only and talk to us and the relay only', async () => {
    const policy = (await frame()).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self' https://relay.example wss://relay.example;");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/frame-ancestors \*$/);
  });
});

describe('settings that an administrator changes', () => {
  const HOSTILE = `</script><script>alert(1)</script>\u2028"$&`;
  let admin: Person;
  beforeAll(async () => void (admin = await newOperator(server.services, 'Grace', 'ADMIN')));
  /** Changes a setting as the console does. */
  async function change(key: SettingKey, value: SettingValue | null): Promise<void> {
    const { settings } = await readSettings(server.services.chat, SYSTEM);
    const expected = { version: settings.find((setting) => setting.key === key)?.version };
    const body = { changes: [{ key, value, expected }] };
    expect((await setSettings(ask('PATCH', '/api/v1/settings', { headers: admin.headers, body }))).status).toBe(200);
  }

  it('decide at once which pages may frame the chat', async () => {
    const policy = async () => (await frame()).headers.get('content-security-policy');
    await change('widget.sites', ['https://shop.example', 'https://help.example']);
    expect(await policy()).toMatch(/frame-ancestors 'self' https:\/\/shop\.example https:\/\/help\.example$/);
    await change('widget.sites', null);
    expect(await policy()).toMatch(/frame-ancestors \*$/);
  });

  it('are in the frame’s page, whatever they hold', async () => {
    await change('widget.greeting', HOSTILE);
    await change('widget.sound', false);
    const html = await (await frame()).text();
    expect(html).not.toContain('<script>alert');
    const data = /<script type="application\/json" id="switchboard-config">(.*?)<\/script><\/head>/.exec(html)?.[1] ?? '';
    expect(JSON.parse(data)).toMatchObject({ greeting: HOSTILE, sound: false });
  });

  it('are in the loader, whatever they hold, and give it another ETag', async () => {
    await writeFile(join(widgetDir, 'widget.js'), 'loader($SWITCHBOARD_SETTINGS)');
    const before = await loader(ask('GET', '/widget.js'));
    await change('widget.title', HOSTILE);
    await change('widget.color', '#C04');
    const headers = { 'if-none-match': before.headers.get('etag') ?? '' };
    const after = await loader(ask('GET', '/widget.js', { headers }));
    const script = await after.text();
    expect(script).not.toMatch(/<|\u2028/);
    expect(JSON.parse(/^loader\(\((.*)\)\)$/.exec(script)?.[1] ?? '')).toEqual({ color: '#cc0044', title: HOSTILE });
    expect(after.headers.get('cache-control')).toBe(before.headers.get('cache-control'));
  });

  it('are not guessed while the database can’t be asked: no page frames the chat, and no browser keeps the loader', async () => {
    const away = openDatabase({ url: 'postgresql://u:p@127.0.0.1:9/db', applicationName: 'test' });
    const settings = createCurrentSettings({ chat: { ...server.services.chat, db: away }, widgetOrigins: undefined });
    installServices({ ...server.services, settings, config: { ...server.services.config, widgetDir } });
    const refused = await frame();
    expect([refused.status, refused.headers.has('retry-after')]).toEqual([503, true]);
    const script = await loader(ask('GET', '/widget.js'));
    expect(await script.text()).toBe('loader(({"color":"#0a7d83","title":""}))');
    expect(script.headers.get('cache-control')).toBe('no-cache');
    configure({});
    await away.close();
  });
});

describe('/widget/assets', () => {
  it('are cached forever', async () => {
    const response = await fetchAsset('a-1f.js');
    expect(await response.text()).toBe('frame()');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });

  it.each(['b.js', 'secret.txt', '../index.html', '..%2findex.html', '.hidden.js', 'a/b.js', ''])('are not found as %j', async (name) => {
    const response = await fetchAsset(name);
    expect(response.status).toBe(404);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});

describe('/demo', () => {
  it('is there where it is switched on', async () => {
    const page = demo();
    expect(await page.text()).toContain('<script async src="/widget.js"></script>');
    configure({ demo: false });
    expect(demo().status).toBe(404);
    configure({});
  });
});
