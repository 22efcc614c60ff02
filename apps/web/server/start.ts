import { setTimeout as delay } from 'node:timers/promises';

import { settleWaiting } from '@switchboard/chat';
import { ConfigError } from '@switchboard/config';
import { checkConnections, DatabaseUrlError, SessionError } from '@switchboard/database';
import { endWithSupervisor, onShutdown, reportStrayErrors } from '@switchboard/telemetry';

import { environment, readConfig, type Config } from '../config.ts';
import { noteClientAddresses } from './parts/connections/note-addresses.ts';
import { closeServices, createServices } from './services/create-services.ts';
import { guardConnections } from './parts/connections/guard-connections.ts';
import { guardRequests } from './parts/connections/guard-requests.ts';
import { notePeers } from './parts/connections/scrape.ts';
import { installServices, type Services } from './services/services.ts';
import { watchForStopping } from './parts/connections/stopping.ts';

/** How long requests under way have when the server stops, and then everything else. Milliseconds. */
const ANSWERING_MS = 4_000;
const STOPPING_MS = 5_500;
const SETTLE_PAUSE_MS = 20;

/** Reads the configuration, makes the services and ties this process to the one that started it. Ends the process with one line when the configuration is wrong. */
export function startServer(): void {
  endWithSupervisor();
  const config = configOrEnd();
  const stopping = watchForStopping();
  const services = servicesOrEnd(config, stopping);
  void endUnlessConnectionsHold(config);
  reportStrayErrors(services.log, () => services.http.strayErrors.add());
  noteClientAddresses(config.trustedHops);
  notePeers();
  if (config.production) guard(config, services);
  installServices(services);
  services.revocations.start();
  services.uploadSweep.start();
  void settleConversations(services);
  onShutdown(services.log, STOPPING_MS, async () => {
    await stopping.stop(ANSWERING_MS);
    await closeServices(services);
  });
  services.log.info({ origins: config.frontendOrigins, relay: config.relay, demo: config.demo }, 'web started');
}

/** After an update from a version that kept no book of who waits: until nothing is left, with pauses in which others have the database. */
async function settleConversations({ chat }: Services): Promise<void> {
  while (await settleWaiting(chat)) await delay(SETTLE_PAUSE_MS, undefined, { ref: false });
}

/** Not for the development server, whose pages keep a WebSocket open. */
function guard({ trustedHops, maxConnectionsPerAddress }: Config, services: Services): void {
  guardConnections({ trustedHops, maxPerAddress: maxConnectionsPerAddress, onServer: (server) => guardRequests(server, services) });
}

function servicesOrEnd(config: Config, stopping: Parameters<typeof createServices>[1]): Services {
  try {
    return createServices(config, stopping);
  } catch (error) {
    if (!(error instanceof DatabaseUrlError)) throw error;
    return endWith(error.message);
  }
}

/** A database that is away may come: requests are told until then. One whose connections are mixed by a pooler would save under wrong times or not at all. */
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
