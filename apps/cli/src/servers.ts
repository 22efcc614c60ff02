import { join } from 'node:path';

import { readVariables } from '@switchboard/config';

import type { Environment } from './config.ts';
import type { ProgramSpec } from './process-service.ts';
import { ROOT } from './root.ts';

/** How long the web app's requests may take to finish before it is killed. Milliseconds. */
const STOP_TIMEOUT_MS = 6_000;

/** The built relay. It disconnects its clients over up to DRAIN_SECONDS before it stops. */
export function relayProgram(environment: Environment): ProgramSpec {
  return {
    program: process.execPath,
    args: [join(ROOT, 'apps/relay/dist/relay.js')],
    cwd: join(ROOT, 'apps/relay'),
    environment,
    patienceMs: readVariables(environment).DRAIN_SECONDS * 1_000 + STOP_TIMEOUT_MS,
  };
}

/** The built web app. Its port is in its environment. */
export function webProgram(environment: Environment): ProgramSpec {
  return {
    program: process.execPath,
    args: [join(ROOT, 'apps/web/dist/web.js')],
    cwd: join(ROOT, 'apps/web'),
    environment,
    patienceMs: STOP_TIMEOUT_MS,
  };
}
