import { ConfigError } from '@switchboard/config';
import { createLogger, createMetrics, endWithSupervisor, onShutdown, reportStrayErrors } from '@switchboard/telemetry';
import { createTokens } from '@switchboard/tokens';

import { type Config, environment, readConfig } from './config.ts';
import { withoutMarkup } from './events/markup.ts';
import { createRelay } from './server.ts';

const STOP_PATIENCE_MS = 5_000;

function stopBeforeStart(line: string): never {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

function configure(): Config {
  try {
    return readConfig(environment());
  } catch (error) {
    if (error instanceof ConfigError) stopBeforeStart(error.message);
    throw error;
  }
}

/** Explains in one line why the relay can't listen. */
function explainListenError(error: unknown, { port, host }: Config): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `SOCKET_PORT is ${port}, which is in use; it must be a free port.`;
  if (code === 'EACCES') return `SOCKET_PORT is ${port}, which this user may not use; it must be a port that it may.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `SOCKET_HOST is "${host}"; it must be an address of this machine.`;
  return `The relay can't listen on port ${port}: ${String(error)}`;
}

const config = configure();
const log = createLogger('relay', config.logLevel);
const sanitize = config.sanitizeHtml ? withoutMarkup : undefined;
const relay = createRelay(config, { log, metrics: createMetrics('relay'), tokens: createTokens(config.jwtSecrets), sanitize });
reportStrayErrors(log, () => relay.countStrayError());
endWithSupervisor();
onShutdown(log, config.drainMs + STOP_PATIENCE_MS, async () => await relay.close());
try {
  const { port } = await relay.listen();
  const { allowedOrigins, allowAnonymousClients, engineShortcuts } = config;
  log.info({ port, allowedOrigins, anonymousClients: allowAnonymousClients, engineShortcuts }, 'listening');
  if (!engineShortcuts)
    log.warn(
      {},
      'SOCKET_ENGINE_SHORTCUTS is false: the relay takes more processor time and memory, and estimates the size of incomplete WebSocket messages',
    );
} catch (error) {
  stopBeforeStart(explainListenError(error, config));
}
