import { createRequire } from 'node:module';
import { join } from 'node:path';

import { readVariables } from '@switchboard/config';

import type { Environment } from './config.ts';
import type { ProgramSpec } from './process-service.ts';
import { ROOT } from './root.ts';

/** Milliseconds that the web app's requests may take to finish before it is killed. */
const PATIENCE_MS = 6_000;

/** The built relay. It disconnects its clients over up to DRAIN_SECONDS before it stops. */
export function relayProgram(environment: Environment): ProgramSpec {
  return {
    program: process.execPath,
    args: [join(ROOT, 'apps/relay/dist/relay.js')],
    cwd: join(ROOT, 'apps/relay'),
    environment,
    patienceMs: readVariables(environment).DRAIN_SECONDS * 1_000 + PATIENCE_MS,
  };
}

/** The built web app, served by Next.js. */
export function webProgram(environment: Environment, port: number): ProgramSpec {
  const cwd = join(ROOT, 'apps/web');
  const next = createRequire(join(cwd, 'package.json')).resolve('next/dist/bin/next');
  return { program: process.execPath, args: [next, 'start', '--port', String(port)], cwd, environment, patienceMs: PATIENCE_MS };
}
