import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { parseEnv, promisify } from 'node:util';

import { localRelayUrl, readVariables, relayInternalUrl, VARIABLE_NAMES } from '@switchboard/config';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '..');
/** The folder of the clone in the units and in the image. */
const INSTALLED = '/opt/switchboard';
/** Variables of Node.js, Next.js and PostgreSQL's image. */
const FOREIGN = ['NEXT_TELEMETRY_DISABLED', 'POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB'];
const KNOWN = new Set<string>([...VARIABLE_NAMES, ...FOREIGN]);
/** The builds: program → workspace. */
const BUILT: Readonly<Record<string, string>> = {
  'apps/relay': 'apps/relay/dist/relay.js',
  'apps/web': 'apps/web/dist/web.js',
  'apps/cli': 'apps/cli/dist/cli.js',
};

const read = async (path: string) => await readFile(join(import.meta.dirname, path), 'utf8');

/** Whether a program is in the clone, or one of the builds makes it. */
async function isProgram(path: string): Promise<boolean> {
  if (existsSync(join(ROOT, path))) return true;
  const [app] = Object.entries(BUILT).find(([, program]) => program === path) ?? [];
  if (app === undefined) return false;
  const { scripts } = JSON.parse(await readFile(join(ROOT, app, 'package.json'), 'utf8')) as { scripts: { build: string } };
  return scripts.build.includes('dist');
}

describe('systemd', () => {
  const units = ['switchboard.service', 'switchboard-relay@.service', 'switchboard-web@.service'];

  it('has a test for every unit', async () => {
    const files = await readdir(join(import.meta.dirname, 'systemd'));
    expect(files.filter((file) => file.endsWith('.service')).toSorted()).toEqual(units.toSorted());
  });

  it.each(units)('%s starts an existing program with existing settings', async (unit) => {
    const lines = (await read(join('systemd', unit))).split('\n').filter((line) => /^[A-Z]\w*=/.test(line));
    const values = (name: string) => lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
    const [folder = ''] = values('WorkingDirectory');
    expect(folder.startsWith(INSTALLED)).toBe(true);
    const [, program = ''] = values('ExecStart')[0]?.split(' ') ?? [];
    expect(await isProgram(join(folder.slice(INSTALLED.length + 1), program)), program).toBe(true);
    const set = values('Environment').flatMap((value) => value.split(' ').map((pair) => pair.split('=')[0] ?? ''));
    expect(set.filter((name) => !KNOWN.has(name))).toEqual([]);
    expect(set).toContain('NODE_ENV');
    expect(values('EnvironmentFile')).toEqual(['/etc/switchboard/switchboard.env']);
    // Longer than a graceful stop, or systemd would kill the program while it stops.
    expect(Number(values('TimeoutStopSec')[0])).toBeGreaterThan(unit.includes('web') ? 6 : 16);
  });

  it('contains existing settings, and no secrets', async () => {
    const text = await read('systemd/switchboard.env');
    const names = [...text.matchAll(/^#?([A-Z_]+)=(.*)$/gm)];
    expect(names.map(([, name = '']) => name).filter((name) => !KNOWN.has(name))).toEqual([]);
    expect(names.find(([, name]) => name === 'JWT_SECRET')?.[2]).toBe('');
  });
});

describe('the settings of the services', () => {
  const envFile = async () => parseEnv(await read('systemd/switchboard.env'));
  const environmentOf = async (unit: string) =>
    parseEnv(
      [...(await read(`systemd/${unit}`)).matchAll(/^Environment=(.*)$/gm)].flatMap(([, pairs = '']) => pairs.split(' ')).join('\n'),
    );

  it('send hints and revocations directly to the relay, not through the proxy that blocks /hints', async () => {
    const values = async (unit: string, port: string) => {
      const own = Object.entries(await environmentOf(unit)).map(([name, value]) => [name, value?.replace('%i', port)]);
      return readVariables({ ...Object.fromEntries(own), ...(await envFile()) });
    };
    const web = await values('switchboard-web@.service', '3000');
    const relay = await values('switchboard-relay@.service', '3001');
    expect(relayInternalUrl(web)).toBe(localRelayUrl(relay));
    expect(web.NEXT_PUBLIC_SOCKET_URL).not.toBe(relayInternalUrl(web));
    const [, offered = ''] = /^#RELAY_INTERNAL_URL=(.*)$/m.exec(await read('systemd/switchboard.env')) ?? [];
    expect(await read('nginx/switchboard.conf')).toContain(`listen ${new URL(offered).host};`);
    const compose = parse(await read('container/compose.yml'), { merge: true }) as {
      services: Record<string, { environment?: Record<string, string> }>;
    };
    const { hostname, port } = new URL(compose.services['web']?.environment?.['RELAY_INTERNAL_URL'] ?? '');
    expect(Object.keys(compose.services)).toContain(hostname);
    expect(Number(port)).toBe(readVariables({}).SOCKET_PORT);
  });

  it('use the same data folder for units and commands', async () => {
    const { DATA_DIR } = await envFile();
    for (const unit of ['switchboard.service', 'switchboard-web@.service']) expect((await environmentOf(unit))['DATA_DIR']).toBe(DATA_DIR);
    expect(await read('systemd/switchboard.service')).toContain(`StateDirectory=${basename(DATA_DIR ?? '')}\n`);
  });

  it('reach a command that the script runs, even with shell characters in their values', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'switchboard-deploy-'));
    onTestFinished(async () => await rm(folder, { recursive: true, force: true }));
    const secret = randomBytes(32).toString('hex');
    const DATABASE_URL = 'postgresql://me:a$b@127.0.0.1:1/chat?application_name=x&connect_timeout=3';
    const settings = (await read('systemd/switchboard.env')).replace('JWT_SECRET=', `JWT_SECRET=${secret}`);
    await writeFile(join(folder, 'switchboard.env'), `${settings}\nDATABASE_URL=${DATABASE_URL}\n`);
    await mkdir(join(folder, 'clone/tooling'), { recursive: true });
    const values = ['JWT_SECRET', 'DATABASE_URL', 'DATA_DIR', 'NODE_ENV'].map((name) => `process.env.${name}`).join();
    await writeFile(join(folder, 'clone/tooling/bootstrap.mjs'), `console.log(JSON.stringify([process.argv.slice(2), ${values}]))`);
    const script = (await read('systemd/switchboard'))
      .replace('/opt/switchboard', join(folder, 'clone'))
      .replace('/etc/switchboard/switchboard.env', join(folder, 'switchboard.env'))
      .replace('runuser -u switchboard --', '');
    await writeFile(join(folder, 'switchboard'), script, { mode: 0o755 });
    const { stdout } = await promisify(execFile)(join(folder, 'switchboard'), ['operator', 'create', '--name', 'Olga Y'], {
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` },
    });
    const DATA_DIR = '/var/lib/switchboard';
    expect(JSON.parse(stdout)).toEqual([['operator', 'create', '--name', 'Olga Y'], secret, DATABASE_URL, DATA_DIR, 'production']);
  });
});

describe('containers', () => {
  interface Service {
    readonly image?: string;
    readonly build?: { readonly context: string; readonly dockerfile: string };
    readonly command?: readonly string[];
    readonly environment?: Readonly<Record<string, string>>;
    readonly depends_on?: Readonly<Record<string, unknown>>;
    readonly volumes?: readonly string[];
  }
  const compose = async () =>
    parse(await read('container/compose.yml'), { merge: true }) as {
      readonly services: Readonly<Record<string, Service>>;
      readonly volumes: Readonly<Record<string, unknown>>;
    };

  it('use an existing Dockerfile, and start existing programs', async () => {
    const { services } = await compose();
    const built = Object.entries(services).filter(([, { build }]) => build !== undefined);
    expect(built.map(([name]) => name)).toEqual(['migrate', 'web', 'relay']);
    for (const [name, { build, command = [] }] of built) {
      expect(existsSync(join(import.meta.dirname, 'container', build?.context ?? '', build?.dockerfile ?? '')), name).toBe(true);
      const [node, program = ''] = command;
      expect(node === undefined || (node === 'node' && (await isProgram(program))), name).toBe(true);
    }
  });

  it('have existing settings, volumes and dependencies', async () => {
    const { services, volumes } = await compose();
    for (const [name, { environment = {}, depends_on: needed = {}, volumes: used = [] }] of Object.entries(services)) {
      expect(
        Object.keys(environment).filter((variable) => !KNOWN.has(variable)),
        name,
      ).toEqual([]);
      expect(
        Object.keys(needed).filter((other) => !Object.hasOwn(services, other)),
        name,
      ).toEqual([]);
      expect(
        used.map((volume) => volume.split(':')[0] ?? '').filter((volume) => !Object.hasOwn(volumes, volume)),
        name,
      ).toEqual([]);
    }
    expect(services['web']?.environment?.['DATABASE_URL']).toBe(services['migrate']?.environment?.['DATABASE_URL']);
  });

  it('run our image without root and without secrets, built by existing scripts', async () => {
    const image = await read('container/Dockerfile');
    expect(image).toMatch(/^USER node$/m);
    const scripts = (JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: object }).scripts;
    for (const [, script = ''] of image.matchAll(/npm run (\w+)/g)) expect(scripts).toHaveProperty(script);
    const names = [...image.matchAll(/([A-Z_]{4,})=/g)].map(([, name = '']) => name);
    expect(names.filter((name) => !KNOWN.has(name))).toEqual([]);
    const ignored = (await read('container/Dockerfile.dockerignore')).split('\n');
    expect(ignored).toEqual(expect.arrayContaining(['.env', '.data', '.git', '**/node_modules']));
    const start = JSON.parse(/^CMD (.*)$/m.exec(image)?.[1] ?? '[]') as string[];
    expect(await isProgram(start[1] ?? '')).toBe(true);
  });
});
