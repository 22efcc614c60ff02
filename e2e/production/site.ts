import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { migrate, migrationsFolder } from '@switchboard/database';
import { ensureDatabase, freePort } from '@switchboard/database/embedded';

import { Postgres } from '../chaos/stack/database.ts';
import { Server } from '../chaos/stack/node-process.ts';
import { redisProgram, relayProgram, webProgram } from '../chaos/stack/programs.ts';
import { makeCertificate, prepareNginx } from './nginx.ts';
import { Outside } from './outside.ts';

/** A node of the site. */
export interface Node {
  /** Its origin without nginx. */
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Starts it again with the same settings. */
  restart(): Promise<void>;
}

/** A site as in production: nginx with TLS in front of two relays and two web nodes of one build, with Redis and PostgreSQL. */
export interface Site {
  readonly outside: Outside;
  /** The same host name without TLS. */
  readonly insecure: string;
  readonly web: readonly [Node, Node];
  readonly relays: readonly [Node, Node];
  readonly certificateFile: string;
  readonly databaseUrl: string;
  /** The settings of an administrator on this machine. */
  readonly environment: Readonly<Record<string, string>>;
  /** The access log of nginx so far. */
  accessLog(): Promise<string>;
  /** The latest output of all nodes. */
  logs(): string;
  close(): Promise<void>;
}

const local = (port: number) => `http://127.0.0.1:${port}`;

/** Starts the site and resolves when all of it is ready. */
export async function openSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-site-'));
  await chmod(folder, 0o755); // PostgreSQL and nginx may run as other users.
  const database = new Postgres(join(folder, 'postgres'));
  const servers: Server[] = [];
  const close = async () => {
    // A killed nginx would leave its worker running. It stops at once when it is asked.
    for (const server of servers.toReversed()) await server.signal(server.name === 'nginx' ? 'SIGTERM' : 'SIGKILL');
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    return { ...(await build(folder, database, servers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** @param servers collects all started servers, so that they can be stopped */
async function build(folder: string, database: Postgres, servers: Server[]): Promise<Omit<Site, 'close'>> {
  await database.start();
  await ensureDatabase(database.url('postgres'), 'switchboard');
  await migrate(database.url('switchboard'), migrationsFolder());
  const ports = {
    https: await freePort(),
    http: await freePort(),
    inside: await freePort(),
    redis: await freePort(),
    web: [await freePort(), await freePort()],
    relay: [await freePort(), await freePort()],
  } as const;
  const origin = `https://localhost:${ports.https}`;
  const settings = { frontend: origin, secret: randomBytes(32).toString('hex'), dataDir: join(folder, 'data') };
  await mkdir(settings.dataDir);
  // As deploy/nginx/switchboard.conf requires.
  const behindProxy = { TRUST_PROXY: '1', REDIS_URL: `redis://127.0.0.1:${ports.redis}`, SESSIONS_PER_MINUTE: '20' };

  const run = async (server: Server, extra: Readonly<Record<string, string>> = {}): Promise<Server> => {
    servers.push(server);
    await server.start(extra);
    return server;
  };
  const node = async (name: string, port: number, program: ConstructorParameters<typeof Server>[1]): Promise<Node> => {
    const server = await run(new Server(name, program, `${local(port)}/readyz`), behindProxy);
    return { url: local(port), port, server, restart: async () => await server.start(behindProxy) };
  };
  await run(new Server('redis', redisProgram(ports.redis, folder)));
  const relay = async (index: 0 | 1) =>
    await node(`relay-${index}`, ports.relay[index], relayProgram(settings, ports.relay[index], ports.redis));
  const web = async (index: 0 | 1) => {
    const ways = { database: database.url('switchboard'), relay: origin, relayInside: local(ports.inside) };
    return await node(`web-${index}`, ports.web[index], webProgram(settings, ports.web[index], ways));
  };
  const relays = [await relay(0), await relay(1)] as const;
  const webs = [await web(0), await web(1)] as const;

  const certificate = await makeCertificate(folder);
  const nginx = await prepareNginx(folder, ports, certificate);
  await run(nginx.server);
  const outside = new Outside(origin, await readFile(certificate.certificate));
  await answers(outside, nginx.server);
  return {
    outside,
    insecure: `http://localhost:${ports.http}`,
    web: webs,
    relays,
    certificateFile: certificate.certificate,
    databaseUrl: database.url('switchboard'),
    environment: {
      ...behindProxy,
      DATABASE_URL: database.url('switchboard'),
      DATA_DIR: settings.dataDir,
      FRONTEND_URL: origin,
      NEXT_PUBLIC_SOCKET_URL: origin,
      JWT_SECRET: settings.secret,
      AUTH_SECRET: randomBytes(32).toString('hex'),
      PORT: String(ports.web[0]),
      SOCKET_PORT: String(ports.relay[0]),
      RELAY_INTERNAL_URL: local(ports.inside),
      NODE_ENV: 'production',
    },
    accessLog: async () => await readFile(nginx.log, 'utf8'),
    logs: () => servers.map((server) => `--- ${server.name}\n${server.lines.slice(-60).join('\n')}`).join('\n'),
  };
}

/** Resolves when nginx forwards requests. @throws Error with its output when it ends instead */
async function answers(outside: Outside, nginx: Server): Promise<void> {
  for (;;) {
    try {
      const { status } = await outside.ask('/sign-in');
      if (status === 200) return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'ECONNREFUSED') throw error;
    }
    if (!nginx.isRunning()) throw new Error(`nginx ended at its start:\n${nginx.lines.join('\n')}`);
  }
}
