import { join, resolve } from 'node:path';

import type { Program } from './node-process.ts';

/** The repository's root. */
const ROOT = resolve(import.meta.dirname, '../../..');

/** Settings of all relays and web servers. */
export interface ServerSettings {
  /** The origin of the web app, the only allowed one. */
  readonly frontend: string;
  readonly secret: string;
  readonly dataDir: string;
}

/** Servers end when the process that started them ends, even if it was killed. */
const SUPERVISED = { SWITCHBOARD_SUPERVISED: '1' };

function environmentOf({ frontend, secret, dataDir }: ServerSettings): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return {
    PATH,
    HOME,
    NODE_ENV: 'production',
    FRONTEND_URL: frontend,
    JWT_SECRET: secret,
    AUTH_SECRET: secret,
    DATA_DIR: dataDir,
    ...SUPERVISED,
  };
}

export function redisProgram(port: number, folder: string): Program {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder];
  return { command: 'redis-server', args, cwd: folder, env: { PATH: process.env['PATH'] } };
}

/** The built relay. */
export function relayProgram(settings: ServerSettings, port: number, redisPort: number): Program {
  return {
    command: process.execPath,
    args: [join(ROOT, 'apps/relay/dist/relay.js')],
    cwd: join(ROOT, 'apps/relay'),
    stopTimeoutMs: 16_000,
    env: {
      ...environmentOf(settings),
      SOCKET_PORT: String(port),
      SOCKET_HOST: '127.0.0.1',
      REDIS_URL: `redis://127.0.0.1:${redisPort}`,
      // All old front-ends have one IP address here, and some send pictures as fast as the limits allow.
      SESSIONS_PER_MINUTE: '100000',
      MAX_SOCKET_PAYLOAD_BYTES: '2000000',
    },
  };
}

/** The built web app, or another build of it in `cwd`. */
export function webProgram(
  settings: ServerSettings,
  port: number,
  ways: { readonly database: string; readonly relay: string; readonly relayInside: string },
  cwd = join(ROOT, 'apps/web'),
): Program {
  return {
    command: process.execPath,
    args: [join(cwd, 'dist/web.js'), '--hostname', '127.0.0.1'],
    cwd,
    env: {
      ...environmentOf(settings),
      PORT: String(port),
      DATABASE_URL: ways.database,
      NEXT_PUBLIC_SOCKET_URL: ways.relay,
      RELAY_INTERNAL_URL: ways.relayInside,
      // A thousand visitors come from one address here.
      SESSIONS_PER_MINUTE: '100000',
      VISITOR_MESSAGES_PER_MINUTE: '100000',
      ADDRESS_BYTES_PER_DAY: '999999999999',
    },
  };
}
