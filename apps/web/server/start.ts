import { createServer, type Server } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import { settleWaiting, SYSTEM } from '@switchboard/chat';
import { ConfigError } from '@switchboard/config';
import { checkConnections, DatabaseUrlError, SessionError } from '@switchboard/database';
import { endWithSupervisor, onShutdown, reportStrayErrors } from '@switchboard/telemetry';

import { environment, readConfig, type Config } from '../config.ts';
import { answerRequests } from './answer-requests.ts';
import { startPages } from './pages.ts';
import { guardConnections } from './parts/connections/guard-connections.ts';
import { watchForStopping } from './parts/connections/stopping.ts';
import { closeServices, createServices } from './services/create-services.ts';
import { installServices, type Services } from './services/services.ts';

export interface StartOptions {
  /** The address to listen on; undefined: all addresses. */
  readonly hostname: string | undefined;
  /** Next.js answers everything, also API and widget: for comparison. */
  readonly throughNext: boolean;
}

/** When the server stops: how long requests under way may take, and how long the whole shutdown may take. Milliseconds. */
const ANSWERING_MS = 4_000;
const STOPPING_MS = 5_500;
const SETTLE_PAUSE_MS = 20;

/**
 * Reads the configuration, creates the services, and listens once every route can be answered. The process ends with its parent, and with a one-line error when
 * the configuration is invalid or the port is taken.
 */
export async function startServer({ hostname, throughNext }: StartOptions): Promise<void> {
  endWithSupervisor();
  const config = configOrEnd();
  const server = createServer();
  const stopping = watchForStopping(server);
  const services = servicesOrEnd(config, stopping);
  void endUnlessConnectionsHold(config);
  reportStrayErrors(services.log, () => services.http.strayErrors.add());
  installServices(services);
  services.settings.start();
  services.revocations.start();
  services.jobs.start();
  void settleConversations(services);
  onShutdown(services.log, STOPPING_MS, async () => {
    await Promise.all([stopping.stop(ANSWERING_MS), services.jobs.stop(ANSWERING_MS / 2)]);
    await closeServices(services);
  });
  const { trustedHops, maxConnectionsPerAddress } = config;
  // Not for the development server, whose pages keep WebSockets open.
  if (config.production) guardConnections(server, { trustedHops, maxPerAddress: maxConnectionsPerAddress });
  answerRequests(server, { services, pages: await startPages(server, config), throughNext: throughNext || !config.production });
  // Before it listens: `start` prints the link once this server is ready.
  await services.firstAdministrator.offer();
  await listenOrEnd(server, config.port, hostname);
  services.log.info({ origins: config.frontendOrigins, relay: config.relay, demo: config.demo }, 'web started');
}

async function listenOrEnd(server: Server, port: number, hostname: string | undefined): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, hostname, resolve);
    });
  } catch (error) {
    endWith(`Cannot listen on port ${port}: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

/** Computes the waiting columns after an update from a version without them, with pauses for other queries. */
async function settleConversations({ chat }: Services): Promise<void> {
  while (await settleWaiting(chat, SYSTEM)) await delay(SETTLE_PAUSE_MS, undefined, { ref: false });
}

function servicesOrEnd(config: Config, stopping: Parameters<typeof createServices>[1]): Services {
  try {
    return createServices(config, stopping);
  } catch (error) {
    if (!(error instanceof DatabaseUrlError)) throw error;
    return endWith(error.message);
  }
}

/** Ends the process when a pooler mixes database connections, because saves would fail or get wrong times. A database that is away may come back: requests get 503 until then. */
async function endUnlessConnectionsHold({ databaseUrl }: Config): Promise<void> {
  try {
    await checkConnections(databaseUrl);
  } catch (error) {
    if (error instanceof SessionError) endWith(error.message);
  }
}

function endWith(line: string): never {
  process.stderr.write(`${line}\n`);
  return process.exit(1);
}

function configOrEnd(): Config {
  try {
    return readConfig(environment());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return endWith(error.message);
  }
}
