// `switchboard start` with stand-ins for the relay and the web app, which then don't have to be built.
import { join } from 'node:path';

import { readVariables } from '@switchboard/config';

import { UserError } from '../standalone/user-error.mjs';
import { startCommand } from '../commands/start.ts';
import type { Environment } from '../config.ts';
import { ServiceFailedError } from '../supervise.ts';

/** The special behaviors of the stand-in of this name, from arguments such as `web:stubborn`. */
const behaviorsOf = (name: string) =>
  process.argv.slice(3).flatMap((trick) => (trick.startsWith(`${name}:`) ? [trick.slice(name.length + 1)] : []));
/** The relay's stand-in listens on the relay's address. */
function hostOf(environment: Environment): string[] {
  const { SOCKET_HOST: host } = readVariables(environment);
  return host === undefined ? [] : [`host=${host}`];
}

const program = (name: string, port: string | undefined, environment: Environment, more: readonly string[] = []) => ({
  program: process.execPath,
  args: [
    join(import.meta.dirname, 'fake-server.mjs'),
    name,
    port ?? '',
    join(environment.DATA_DIR ?? '', 'events.log'),
    ...behaviorsOf(name),
    ...more,
  ],
  cwd: import.meta.dirname,
  environment,
  patienceMs: 500,
});

try {
  await startCommand([], join(import.meta.dirname, '../main.ts'), {
    relay: (environment) => program('relay', environment.SOCKET_PORT, environment, hostOf(environment)),
    web: (environment) => program('web', environment.PORT, environment),
    clone: process.argv[2] ?? '',
  });
  process.exit(0);
} catch (error) {
  if (!(error instanceof UserError || error instanceof ServiceFailedError)) throw error;
  console.error(error instanceof ServiceFailedError ? [...error.lastLines, error.message].join('\n') : error.message);
  process.exit(1);
}
