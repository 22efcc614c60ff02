import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { clusterUrl } from '@switchboard/database/embedded';
import type { TestProject } from 'vitest/node';

import { serveHostPage } from './host-page.ts';
import { OPERATORS, signIn, type SessionCookie } from './operators.ts';
import { startSystem } from './system.ts';

export interface RunningSystem {
  readonly web: string;
  readonly relay: string;
  readonly host: string;
  readonly foreignHost: string;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly supervisor: number;
  /** Email → the cookies of a signed-in browser. */
  readonly sessions: Readonly<Record<string, readonly SessionCookie[]>>;
}

declare module 'vitest' {
  interface ProvidedContext {
    system: RunningSystem;
  }
}

/** Starts one system, one host page on another site, and creates the operators; stops everything after the stories. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const system = await startSystem();
  const host = await serveHostPage(system.web);
  const sessions: Record<string, readonly SessionCookie[]> = {};
  for (const operator of Object.values(OPERATORS)) {
    const { email, name, password } = operator;
    await system.command('operator', 'create', '--email', email, '--name', name, '--password', password);
    sessions[email] = await signIn(system.web, operator);
  }
  const secrets = JSON.parse(await readFile(join(system.dataDir, 'secrets.json'), 'utf8')) as { databasePassword: string };
  const { port } = JSON.parse(await readFile(join(system.dataDir, 'database.json'), 'utf8')) as { port: number };
  project.provide('system', {
    web: system.web,
    relay: system.relay,
    host: host.url,
    foreignHost: host.foreignUrl,
    databaseUrl: clusterUrl(port, secrets.databasePassword, 'switchboard'),
    dataDir: system.dataDir,
    supervisor: system.pid,
    sessions,
  });
  return async () => {
    await host.close();
    await system.stop();
  };
}
