import { resolve } from 'node:path';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import next from 'next';

import type { Config } from '../config.ts';

/** Answers a request with Next.js. */
export type Pages = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The web app's folder: this file is in `server`, and built in `dist`. */
const APP = resolve(import.meta.dirname, '..');

/** Starts Next.js with its build, or outside production its development server. */
export async function startPages(server: Server, { production, port }: Pick<Config, 'production' | 'port'>): Promise<Pages> {
  // Next.js adds a listener that closes upgrade requests. In production there are no upgrades: without a listener Node.js ignores the `Upgrade` header, as
  // HTTP demands.
  const httpServer = production ? createServer() : server;
  const app = next({ dev: !production, dir: APP, port, httpServer });
  await app.prepare();
  return app.getRequestHandler();
}
