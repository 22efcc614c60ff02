import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { resolve } from 'node:path';

import { afterAll, beforeAll, expect, it } from 'vitest';

import { createOperators } from '../harness/create-operators.ts';
import { OPERATORS } from '../harness/operators.ts';
import { openSite, type Site } from './site.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const OTHER_SECRET = randomBytes(32).toString('hex');
let site: Site;

beforeAll(async () => {
  site = await openSite();
  await createOperators(site.databaseUrl, [OPERATORS.maya]);
});
afterAll(async () => {
  await site?.close();
});

interface Finding {
  readonly group: string;
  readonly what: string;
  readonly status: 'ok' | 'warn' | 'fail' | 'skip';
  readonly problem?: string;
  readonly advice?: string;
}

/** The findings of doctor with the site's settings and these, and its exit code. */
async function examine(settings: Readonly<Record<string, string>> = {}): Promise<{ code: number; findings: Finding[]; text: string }> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, ['tooling/bootstrap.mjs', 'doctor', '--json'], {
    cwd: ROOT,
    env: { PATH, HOME, ...site.environment, NODE_EXTRA_CA_CERTS: site.certificateFile, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  let errorOutput = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errorOutput += chunk));
  const [code] = (await once(child, 'close')) as [number];
  try {
    return { code, findings: (JSON.parse(text) as { results: Finding[] }).results, text };
  } catch (error) {
    throw new Error(`doctor ended with ${code} and printed: ${text}\n${errorOutput}`, { cause: error });
  }
}

const wrong = (findings: readonly Finding[]) => findings.filter(({ status }) => status === 'fail' || status === 'warn');
const failed = (findings: readonly Finding[]) =>
  findings.filter(({ status }) => status === 'fail').map(({ group, what }) => `${group}: ${what}`);

/** An expected finding: the host name of this site is that of the local machine. */
const LOCAL = 'Settings: the public addresses work together';

it('finds no problem with a working site, through TLS and the proxy', async () => {
  const { findings } = await examine();
  expect(wrong(findings).map(({ group, what }) => `${group}: ${what}`)).toEqual([LOCAL]);
  const ok = findings.filter(({ status }) => status === 'ok').map(({ group, what }) => `${group}: ${what}`);
  for (const looked of [
    'Relay: WebSockets reach it',
    'Relay: polling reaches it',
    'Relay: it accepts hints from the web app',
    'Web app: the console answers at FRONTEND_URL',
    'Web app: TRUST_PROXY matches the proxies in front',
    'Redis: it answers',
    'Database: it answers',
  ])
    expect(ok).toContain(looked);
});

it('prints no secret', async () => {
  const { text } = await examine({ JWT_SECRET: OTHER_SECRET });
  expect(text).not.toContain(OTHER_SECRET);
  expect(text).not.toContain(site.environment['JWT_SECRET']);
});

it.each<[string, Record<string, string>, string[]]>([
  [
    'another JWT_SECRET than the servers have',
    { JWT_SECRET: OTHER_SECRET },
    [
      'Web app: it has the JWT_SECRET of these settings',
      'Relay: it accepts hints from the web app',
      'Relay: it has the JWT_SECRET of these settings',
    ],
  ],
  [
    'a certificate that nobody has to trust',
    { NODE_EXTRA_CA_CERTS: '' },
    ['Web app: the console answers at FRONTEND_URL', 'Relay: it answers at NEXT_PUBLIC_SOCKET_URL and accepts the origin'],
  ],
  ['a wrong path', { NEXT_PUBLIC_SOCKET_PATH: '/elsewhere' }, ['Relay: it answers at NEXT_PUBLIC_SOCKET_URL and accepts the origin']],
  ['a port where nobody listens', { SOCKET_PORT: '14', RELAY_INTERNAL_URL: '' }, ['Relay: it listens on its port']],
  ['a setting that is none', { TRUST_PROXY: 'many' }, ['Settings: every setting is valid']],
  ['no Redis where one is set', { REDIS_URL: 'redis://127.0.0.1:14' }, ['Redis: it answers']],
])('reports %s, and what to do', async (_, settings, expected) => {
  const { code, findings } = await examine(settings);
  expect(failed(findings)).toEqual(expect.arrayContaining(expected));
  for (const { advice } of wrong(findings)) expect(advice).toMatch(/\w+\.?$/);
  expect(code).toBe(1);
});

it('reports that limits would use the address of the proxy', async () => {
  const { findings } = await examine({ TRUST_PROXY: '0' });
  expect(findings).toContainEqual(expect.objectContaining({ what: 'TRUST_PROXY matches the proxies in front', status: 'warn' }));
});

it('reports a database of another version, and one that is not reachable', async () => {
  const { findings } = await examine({ DATABASE_URL: site.databaseUrl.replace(/\/switchboard$/, '/postgres') });
  expect(failed(findings).some((what) => what.startsWith('Database: '))).toBe(true);
  const away = await examine({ DATABASE_URL: 'postgresql://switchboard:x@127.0.0.1:14/switchboard' });
  expect(failed(away.findings)).toContain('Database: it answers');
});

it('reports a relay that is stopped', async () => {
  await site.relays[0].server.signal('SIGKILL');
  const { findings } = await examine({ RELAY_INTERNAL_URL: '' });
  expect(failed(findings)).toContain('Relay: it listens on its port');
  await site.relays[0].restart();
});
