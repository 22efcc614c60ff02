import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openDatabase } from '../database.ts';
import { createTestDatabase } from '../testing/index.ts';
import { explainConnectionFailure } from './explain-failure.ts';

let folder: string;
let plain: URL;
const sockets = new Set<Socket>();
const servers: Server[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchboard-places-'));
  const { database, url } = await createTestDatabase();
  await database.close();
  plain = new URL(url);
  const subject = ['-subj', '/CN=db.example', '-addext', 'subjectAltName=DNS:db.example'];
  const files = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')];
  await promisify(execFile)('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...files, ...subject]);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
});

/** Starts a server in front of PostgreSQL, and returns where it listens. */
async function listen(at: string | number, handle: (near: Socket) => void): Promise<string> {
  const server = createServer((near) => {
    sockets.add(near);
    near.on('error', () => undefined);
    handle(near);
  });
  servers.push(server);
  server.listen(at as number, ...(typeof at === 'string' ? [] : ['127.0.0.1']));
  await once(server, 'listening');
  return typeof at === 'string' ? at : `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Forwards everything to PostgreSQL. */
function forward(near: Socket): void {
  const far = connect(Number(plain.port), plain.hostname);
  sockets.add(far);
  far.on('error', () => near.destroy()).on('close', () => near.destroy());
  near.on('close', () => far.destroy());
  near.pipe(far).pipe(near);
}

/** The same with TLS and a self-signed certificate, like PostgreSQL. */
async function listenWithTls(): Promise<string> {
  const [key, cert] = await Promise.all(['key.pem', 'cert.pem'].map(async (name) => await readFile(join(folder, name))));
  return await listen(0, (near) => {
    near.once('data', (request) => {
      // Connections without TLS are refused.
      if (request.readInt32BE(4) !== 80_877_103) {
        near.destroy();
        return;
      }
      near.write('S');
      const secure = new TLSSocket(near, { isServer: true, key, cert });
      secure.on('error', () => undefined);
      forward(secure);
    });
  });
}

const urlAt = (place: string, query: string) => `postgresql://${plain.username}:${plain.password}@${place}${plain.pathname}${query}`;

/** The outcome of a connection attempt: "up", or the reason. */
async function probe(url: string): Promise<string> {
  const database = openDatabase({ url, applicationName: 'places' });
  try {
    await database.ping();
    return 'up';
  } catch (error) {
    return explainConnectionFailure(error, url)?.reason ?? String(error);
  } finally {
    await database.close();
  }
}

describe('a server with a self-signed certificate', () => {
  let place: string;
  beforeAll(async () => {
    place = await listenWithTls();
  });

  it('is refused with sslmode=require; the error names it and the alternatives', async () => {
    expect(await probe(urlAt(place, '?sslmode=require'))).toMatch(
      /certificate of 127\.0\.0\.1:\d+ can't be trusted \(self-signed certificate\), and sslmode=require verifies it: .*sslrootcert.*sslmode=no-verify/,
    );
  });

  it.each(['?sslmode=no-verify', '?sslmode=prefer', '?sslmode=require&sslaccept=accept_invalid_certs'])(
    'is accepted with %s',
    async (query) => {
      expect(await probe(urlAt(place, query))).toBe('up');
    },
  );

  it('is accepted when its CA is given; verify-full also requires its host name', async () => {
    const root = `sslrootcert=${encodeURIComponent(join(folder, 'cert.pem'))}`;
    expect(await probe(urlAt(place, `?sslmode=require&${root}`))).toBe('up');
    expect(await probe(urlAt(place, `?sslmode=verify-ca&${root}`))).toBe('up');
    expect(await probe(urlAt(place, `?sslmode=verify-full&${root}`))).toMatch(/sslmode=verify-full verifies it/);
  });
});

describe('a server without TLS', () => {
  it('is accepted with sslmode=prefer, and refused by name with sslmode=require', async () => {
    expect(await probe(urlAt(plain.host, '?sslmode=prefer'))).toBe('up');
    expect(await probe(urlAt(plain.host, '?sslmode=require'))).toMatch(/does not support TLS, and sslmode=require requires it/);
  });

  it('can be reached by its socket', async () => {
    await listen(join(folder, '.s.PGSQL.5432'), forward);
    const at = (query: string) => `postgresql://${plain.username}:${plain.password}@${query}`;
    expect(await probe(at(`${plain.pathname}?host=${folder}`))).toBe('up');
    expect(await probe(at(`localhost${plain.pathname}?host=${folder}`))).toBe('up');
    expect(await probe(at(`${plain.pathname}?host=${folder}/none`))).toBe(`there is no socket of PostgreSQL in ${folder}/none`);
  });
});

it('an error names a host that does not answer', async () => {
  const place = await listen(0, () => undefined);
  expect(await probe(urlAt(place, ''))).toBe(`no answer from ${place}`);
  expect(await probe(urlAt('127.0.0.1:1', ''))).toBe('nothing listens at 127.0.0.1:1 (ECONNREFUSED)');
});
