import { ConfigError } from '@switchboard/config';
import { endWithSupervisor, onShutdown, reportStrayErrors } from '@switchboard/telemetry';

import { environment, readConfig, type Config } from '../config.ts';
import { noteClientAddresses } from './note-addresses.ts';
import { closeServices, createServices } from './create-services.ts';
import { guardConnections } from './guard-connections.ts';
import { guardRequests } from './guard-requests.ts';
import { notePeers } from './scrape.ts';
import { installServices, type Services } from './services.ts';
import { watchForStopping } from './stopping.ts';

/** How long requests under way have when the server stops, and then everything else. Milliseconds. */
const ANSWERING_MS = 4_000;
const STOPPING_MS = 5_500;

/** Reads the configuration, makes the services and ties this process to the one that started it. Ends the process with one line when the configuration is wrong. */
export function startServer(): void {
  endWithSupervisor();
  const config = configOrEnd();
  const stopping = watchForStopping();
  const services = createServices(config, stopping);
  reportStrayErrors(services.log, () => services.http.strayErrors.add());
  noteClientAddresses(config.trustedHops);
  notePeers();
  if (config.production) guard(config, services);
  installServices(services);
  services.revocations.start();
  services.uploadSweep.start();
  onShutdown(services.log, STOPPING_MS, async () => {
    await stopping.stop(ANSWERING_MS);
    await closeServices(services);
  });
  services.log.info({ origins: config.frontendOrigins, relay: config.relay, demo: config.demo }, 'web started');
}

/** Not for the development server, whose pages keep a WebSocket open. */
function guard({ trustedHops, maxConnectionsPerAddress }: Config, services: Services): void {
  guardConnections({ trustedHops, maxPerAddress: maxConnectionsPerAddress, onServer: (server) => guardRequests(server, services) });
}

function configOrEnd(): Config {
  try {
    return readConfig(environment());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(1);
  }
}
