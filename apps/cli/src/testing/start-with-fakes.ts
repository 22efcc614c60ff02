// `switchboard start` with stand-ins for the relay and the web app, which need not be built then.
import { join } from 'node:path';

import { readVariables } from '@switchboard/config';

import { UserError } from '../standalone/user-error.mjs';
import { startCommand } from '../commands/start.ts';
import type { Environment } from '../config.ts';
import { GaveUp } from '../supervise.ts';

/** What the stand-in of that name is to do out of the ordinary: arguments such as `web:stubborn`. */
const tricksOf = (name: string) =>
  process.argv.slice(3).flatMap((trick) => (trick.startsWith(`${name}:`) ? [trick.slice(name.length + 1)] : []));
/** The relay's stand-in listens where the relay would. */
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
    ...tricksOf(name),
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
  if (!(error instanceof UserError || error instanceof GaveUp)) throw error;
  console.error(error instanceof GaveUp ? [...error.lastLines, error.message].join('\n') : error.message);
  process.exit(1);
}
