import { join } from 'node:path';

import { z } from 'zod';

import { UserError } from '../standalone/user-error.mjs';
import { noteServing } from '../standalone/serving.mjs';
import { announce } from '../announce.ts';
import { checkProduction, checkSecretsOfStart, type Config, type Environment, readConfig, readEnvironment } from '../config.ts';
import { type DataDir, openDataDir, readLine } from '../data-dir.ts';
import { type Lock, lockDataDir } from '../data-lock.ts';
import { endLeftovers } from '../leftovers.ts';
import { requirePort } from '../ports.ts';
import type { ProgramSpec } from '../process-service.ts';
import { ROOT } from '../root.ts';
import { type Secrets, ensureSecrets } from '../secrets.ts';
import { relayProgram, webProgram } from '../servers.ts';
import { stopRequest } from '../stop-request.ts';
import { runCommand, System } from '../system.ts';
import { openTerminal, type Terminal } from '../terminal.ts';

const migrated = z.object({ applied: z.array(z.string()), operators: z.number(), notes: z.array(z.string()) });

/** The programs that are started besides the database. */
export interface Parts {
  readonly relay: (environment: Environment) => ProgramSpec;
  readonly web: (environment: Environment) => ProgramSpec;
  /** The clone in which they were built. */
  readonly clone: string;
}

const BUILT: Parts = { relay: relayProgram, web: webProgram, clone: ROOT };

/**
 * `start`: runs database, relay and web app until it is asked to stop, and then stops them in reverse order.
 *
 * @param commandFile the file of this program
 * @throws UserError when the system can't be started, ServiceFailedError when a service keeps ending
 */
export async function startCommand(args: readonly string[], commandFile: string, parts: Parts = BUILT): Promise<void> {
  const since = performance.now();
  if (args.length > 0) throw new UserError(`start takes no arguments, and got "${args.join(' ')}". Settings come from the environment.`);
  const config = readConfig(readEnvironment(ROOT), ROOT);
  checkProduction(config);
  const weakness = checkSecretsOfStart(config);
  const terminal = openTerminal();
  if (weakness !== undefined) terminal.warn(`${weakness}: good enough for trying things out, but refused with NODE_ENV=production.`);
  const stopping = stopRequest(config);
  const dataDir = await openDataDir(config.dataDir);
  const lock = await lockDataDir(dataDir, config.databaseUrl === undefined ? 'start' : 'start with DATABASE_URL');
  if ('holder' in lock) throw new UserError(`Switchboard is already running on ${dataDir.path} (process ${lock.holder.pid}).`);
  const endNote = noteServing(parts.clone, config.dataDir);
  try {
    await endLeftovers(dataDir);
    await requirePort('PORT', config.port);
    await requirePort('SOCKET_PORT', config.socketPort);
    const secrets = await ensureSecrets(dataDir);
    await serve({ config, dataDir, lock, secrets, terminal, stopping, commandFile, parts, since });
  } finally {
    endNote();
    lock.release();
  }
}

interface StartContext {
  readonly config: Config;
  readonly dataDir: DataDir;
  readonly lock: Lock;
  readonly secrets: Secrets;
  readonly terminal: Terminal;
  readonly stopping: AbortSignal;
  readonly commandFile: string;
  readonly parts: Parts;
  readonly since: number;
}

/** Starts everything, waits for a stop request or a failure, and stops everything that was started. */
async function serve(scene: StartContext): Promise<void> {
  const { dataDir, lock, terminal, stopping } = scene;
  const failed = new AbortController();
  const system = new System({ dataDir, terminal, stopping: AbortSignal.any([stopping, failed.signal]) });
  const asked = whenAborted(stopping);
  const up = bringUp(scene, system);
  try {
    await Promise.race([up, asked, system.gaveUp]);
    await Promise.race([asked, system.gaveUp]);
    terminal.say('stopping …');
  } finally {
    failed.abort();
    lock.restate('stopping');
    // Wait until the start has finished before stopping. Its error, if any, was thrown above.
    await up.catch(() => undefined);
    await system.stop();
  }
  terminal.say('stopped');
}

async function bringUp(
  { config, dataDir, secrets, terminal, stopping, commandFile, parts, since }: StartContext,
  system: System,
): Promise<void> {
  if (config.databaseUrl === undefined) terminal.say('starting the database …');
  const databaseUrl = config.databaseUrl ?? (await system.startDatabase(secrets.databasePassword));
  if (stopping.aborted) return;
  // In a separate process: the migration engine would otherwise stay in this process's memory.
  const migrateEnvironment = { ...config.environment, DATABASE_URL: databaseUrl };
  const migration = await runCommand(commandFile, ['migrate', '--json'], migrateEnvironment, (line) => terminal.say(`database: ${line}`));
  const { applied, operators, notes } = migrated.parse(JSON.parse(migration));
  for (const note of notes) terminal.say(`database: ${note}`);
  if (applied.length > 0) terminal.say(`database: applied ${applied.join(', ')}`);
  if (stopping.aborted) return;
  terminal.say('starting relay and web app …');
  const environment = serverEnvironment(config, secrets, databaseUrl);
  const relay = await system.startServer('relay', parts.relay(environment));
  const web = await system.startServer('web', parts.web(environment));
  await Promise.all([
    system.waitUntilReady('relay', relay, `${config.localRelayUrl}/readyz`),
    system.waitUntilReady('web', web, `${config.localWebUrl}/readyz`),
  ]);
  if (stopping.aborted) return;
  const firstLink = await readLine(dataDir.firstAdministrator);
  announce(terminal, { config, operators, firstLink, seconds: (performance.now() - since) / 1000 });
}

/** The user's environment with the values that this command has determined. */
function serverEnvironment(config: Config, secrets: Secrets, databaseUrl: string): Environment {
  const own = Object.entries(config.environment).filter(([name, value]) => !/^npm_/i.test(name) && value !== '');
  return {
    ...Object.fromEntries(own),
    NODE_ENV: 'production',
    PORT: String(config.port),
    SOCKET_PORT: String(config.socketPort),
    FRONTEND_URL: config.frontendUrl,
    NEXT_PUBLIC_SOCKET_URL: config.socketUrl,
    NEXT_PUBLIC_SOCKET_PATH: config.socketPath,
    RELAY_INTERNAL_URL: config.relayInternalUrl,
    DATABASE_URL: databaseUrl,
    DATA_DIR: config.dataDir,
    JWT_SECRET: config.jwtSecret ?? secrets.jwtSecret,
    AUTH_SECRET: config.authSecret ?? secrets.authSecret,
    WIDGET_DIR: config.environment.WIDGET_DIR || join(ROOT, 'apps/widget/dist'),
    ENABLE_DEMO: String(config.demo),
    NEXT_TELEMETRY_DISABLED: '1',
  };
}

async function whenAborted(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
