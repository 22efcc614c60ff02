import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { GET as asset } from '../../app/widget/assets/[name]/route.ts';
import { GET as frame } from '../../app/widget/route.ts';
import { GET as loader } from '../../app/widget.js/route.ts';
import { GET as demo } from '../../app/demo/route.ts';
import { installServices } from '../services/services.ts';
import { ask, useTestServer } from '../testing/test-server.ts';

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
  it('tells the frame where the relay is', async () => {
    const html = await (await frame()).text();
    const data = /<script type="application\/json" id="switchboard-config">(.*?)<\/script><\/head>/.exec(html)?.[1] ?? '';
    expect(JSON.parse(data)).toEqual({ relay: { url: 'https://relay.example', path: '/chat' }, debug: false, maxImageBytes: 10_485_760 });
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

  it('may be framed by the named pages only where some are named', async () => {
    configure({ widgetOrigins: ['https://shop.example'] });
    expect((await frame()).headers.get('content-security-policy')).toMatch(/frame-ancestors 'self' https:\/\/shop\.example$/);
    configure({});
  });
});

describe('/widget/assets', () => {
  it('are kept for ever', async () => {
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
