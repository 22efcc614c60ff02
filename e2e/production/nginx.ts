import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

import { Server } from '../chaos/stack/node-process.ts';

/** The shipped configuration. */
const SHIPPED = resolve(import.meta.dirname, '../../deploy/nginx/switchboard.conf');
/** Debian installs servers in folders that are not in every PATH. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`;

/** Ports of a test's nginx and of the nodes behind it. */
interface Ports {
  readonly https: number;
  readonly http: number;
  /** The port for hints of the web nodes. */
  readonly inside: number;
  readonly web: readonly [number, number];
  readonly relay: readonly [number, number];
}

/** A self-signed certificate for this machine. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** Creates a certificate that is valid for two days. @throws Error without openssl */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const [certificate, key] = [join(folder, 'certificate.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await promisify(execFile)('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', certificate]);
  return { certificate, key };
}

/** The shipped configuration with the addresses of a test. @throws Error when a line to be changed is missing */
function localise(text: string, { https, http, inside, web, relay }: Ports, { certificate, key }: Certificate, log: string): string {
  const changes: readonly (readonly [string, string])[] = [
    ['server 127.0.0.1:3000 ', `server 127.0.0.1:${web[0]} `],
    ['server 127.0.0.1:3010 ', `server 127.0.0.1:${web[1]} `],
    ['server 127.0.0.1:3001 ', `server 127.0.0.1:${relay[0]} `],
    ['server 127.0.0.1:3011 ', `server 127.0.0.1:${relay[1]} `],
    ['listen 80;', `listen 127.0.0.1:${http};`],
    ['listen [::]:80;', ''],
    ['listen 443 ssl http2;', `listen 127.0.0.1:${https} ssl http2;`],
    ['listen [::]:443 ssl http2;', ''],
    ['https://chat.example.com$request_uri', `https://localhost:${https}$request_uri`],
    ['listen 127.0.0.1:3999;', `listen 127.0.0.1:${inside};`],
    ['/etc/letsencrypt/live/chat.example.com/fullchain.pem', certificate],
    ['/etc/letsencrypt/live/chat.example.com/privkey.pem', key],
    ['/var/log/nginx/switchboard.log', log],
    ['chat.example.com', 'localhost'],
  ];
  return changes.reduce((so, [shipped, local]) => {
    if (!so.includes(shipped)) throw new Error(`${SHIPPED} has no "${shipped}" any more.`);
    return so.replaceAll(shipped, local);
  }, text);
}

/** Starts a real nginx on the loopback interface with the shipped configuration, in which only addresses and paths are changed. `log` is its access log. */
export async function prepareNginx(folder: string, ports: Ports, certificate: Certificate): Promise<{ server: Server; log: string }> {
  const log = join(folder, 'access.log');
  const site = join(folder, 'switchboard.conf');
  await mkdir(join(folder, 'temp'));
  await writeFile(site, localise(await readFile(SHIPPED, 'utf8'), ports, certificate, log));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const main = join(folder, 'nginx.conf');
  await writeFile(
    main,
    `daemon off; pid ${join(folder, 'nginx.pid')}; error_log stderr warn; worker_processes 1; worker_shutdown_timeout 1s;
events { worker_connections 2048; }
http {
  access_log off;
${temporary.map((name) => `  ${name}_temp_path ${join(folder, 'temp', name)};`).join('\n')}
  include ${site};
}
`,
  );
  // -e: nginx opens an error log before it has read the configuration.
  const args = ['-e', 'stderr', '-p', folder, '-c', main];
  return { server: new Server('nginx', { command: 'nginx', args, cwd: folder, env: { PATH } }), log };
}
