import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { migrate, migrationsFolder } from '@switchboard/database';
import { listMigrations, restoreBackup, writeBackup } from '@switchboard/database/backup';
import { ensureDatabase, freePort } from '@switchboard/database/embedded';

import { Edge, Front } from '../network/front.ts';
import { createRandom } from '../random.ts';
import { EDGES, SERVICES, type Addresses, type EdgeName, type OperatorAccount, type ServiceName, type StackControl } from './control.ts';
import { Postgres } from './database.ts';
import { Server } from './node-process.ts';
import { makeOperators, signInAll } from './operators.ts';
import { redisProgram, relayProgram, webProgram } from './programs.ts';
import type { Fault } from '../network/fault.ts';

type NodeName = Exclude<ServiceName, 'database'>;

const SKEWED_CLOCK = new URL('skewed-clock.mjs', import.meta.url).href;
const address = (port: number) => `http://127.0.0.1:${port}`;

/** A complete system of two relays and two web servers, in which every connection between two parts goes through a proxy that can break it. */
export class Stack implements StackControl {
  readonly #folder: string;
  readonly #database: Postgres;
  readonly #edges = new Map<EdgeName, Edge>();
  readonly #fronts: Front[] = [];
  readonly #servers = new Map<NodeName, Server>();
  readonly #ports = new Map<NodeName, number>();
  #addresses: Addresses | undefined;
  #operators: readonly OperatorAccount[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    this.#database = new Postgres(join(folder, 'postgres'));
  }

  /** Starts all servers and resolves when they are ready. */
  static async open(): Promise<Stack> {
    const folder = await mkdtemp(join(tmpdir(), 'switchboard-chaos-'));
    await chmod(folder, 0o755); // PostgreSQL may run as another user.
    const stack = new Stack(folder);
    try {
      await stack.#build();
    } catch (error) {
      await stack.close();
      throw error;
    }
    return stack;
  }

  async addresses(): Promise<Addresses> {
    if (this.#addresses === undefined) throw new Error('The stack is not running.');
    return await Promise.resolve(this.#addresses);
  }

  async operators(): Promise<readonly OperatorAccount[]> {
    return await Promise.resolve(this.#operators);
  }

  async setFault(edge: EdgeName, fault: Fault | null): Promise<void> {
    this.#edge(edge).setFault(fault);
    await Promise.resolve();
  }

  async cut(edge: EdgeName): Promise<number> {
    return await Promise.resolve(this.#edge(edge).cut());
  }

  async hits(edge: EdgeName): Promise<number> {
    return await Promise.resolve(this.#edge(edge).hits);
  }

  async signal(service: ServiceName, signal: NodeJS.Signals): Promise<void> {
    await (service === 'database' ? this.#database : this.#server(service)).signal(signal);
  }

  async start(service: ServiceName, environment: Readonly<Record<string, string>> = {}): Promise<void> {
    if (service === 'database') return await this.#database.start(Number(environment['CLOCK_SKEW_MS'] ?? 0));
    const skewed = 'CLOCK_SKEW_MS' in environment ? { NODE_OPTIONS: `--import ${SKEWED_CLOCK}` } : {};
    await this.#server(service).start({ ...environment, ...skewed });
  }

  async backUp(name: string): Promise<void> {
    await writeBackup({
      url: this.#database.url('switchboard'),
      version: 'chaos',
      uploads: join(this.#folder, 'data/uploads'),
      knownMigrations: await listMigrations(migrationsFolder()),
      sink: createWriteStream(this.#backupFile(name)),
    });
  }

  async restore(name: string): Promise<void> {
    await restoreBackup({
      file: this.#backupFile(name),
      url: this.#database.url('switchboard'),
      migrations: migrationsFolder(),
      uploads: join(this.#folder, 'data/uploads'),
      scratch: join(this.#folder, 'scratch'),
      replace: true,
      migrate: async () => await Promise.resolve(),
    });
    const { web } = await this.addresses();
    this.#operators = await signInAll(
      this.#operators.map(({ id }) => id),
      web,
    );
  }

  #backupFile(name: string): string {
    return join(this.#folder, `${name}.backup`);
  }

  async memory(service: ServiceName): Promise<number> {
    return service === 'database' ? 0 : await this.#server(service).memory();
  }

  async query(text: string, values: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    return await this.#database.query(text, values);
  }

  /** Resets it for the next run: all servers run, no fault is set, the database has no messages. */
  async renew(seed: string): Promise<void> {
    for (const [index, front] of this.#fronts.entries()) front.random = createRandom(`${seed}/front ${index}`);
    for (const edge of this.#edges.values()) {
      edge.setFault(null);
      edge.cut();
    }
    for (const service of SERVICES) {
      await this.signal(service, 'SIGCONT');
      await this.start(service);
    }
    // A relay retries to reach Redis, a web server the database: both report when they are ready.
    for (const server of this.#servers.values()) await server.ready();
    await this.#database.query('TRUNCATE "Client", "ChatSession", "ChatMessage" CASCADE');
    for (const server of this.#servers.values()) server.begin();
  }

  /** Errors of the servers since the last `renew`: unhandled errors, and unexpected ends of a process. */
  serverErrors(): string[] {
    const servers = [...this.#servers.values()];
    const strays = servers.flatMap((server) => server.strays.map((line) => `${server.name}: ${line.slice(0, 400)}`));
    const gone = servers.filter((server) => server.unexpectedEnds > 0);
    return strays.concat(gone.map((server) => `${server.name} ended unexpectedly: ${server.lines.slice(-5).join(' / ')}`));
  }

  /** The last lines of output of each server. */
  logs(): string {
    return [...this.#servers.values()].map((server) => `--- ${server.name}\n${server.lines.slice(-60).join('\n')}`).join('\n');
  }

  async close(): Promise<void> {
    for (const front of this.#fronts) await front.close();
    for (const server of this.#servers.values()) await server.signal('SIGKILL');
    await this.#database.signal('SIGCONT');
    await this.#database.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #build(): Promise<void> {
    await this.#database.start();
    await ensureDatabase(this.#database.url('postgres'), 'switchboard');
    await migrate(this.#database.url('switchboard'), migrationsFolder());
    // As in a database that has been in use, so that code that mistakes a row's id for its number in the conversation fails.
    await this.#database.query('ALTER SEQUENCE "ChatMessage_id_seq" RESTART WITH 100000');
    for (const name of ['redis', 'relay-0', 'relay-1', 'web-0', 'web-1'] as const) this.#ports.set(name, await freePort());
    const random = createRandom('start');
    for (const name of EDGES) this.#edges.set(name, new Edge(name, this.#portBehind(name)));
    const front = async (...names: [EdgeName, ...EdgeName[]]): Promise<number> => {
      const opened = await Front.open(
        names.map((name) => this.#edge(name)),
        random.fork(names.join()),
      );
      this.#fronts.push(opened);
      return opened.port;
    };
    const web = address(await front('clients→web-0', 'clients→web-1'));
    const relay = address(await front('clients→relay-0', 'clients→relay-1'));
    const settings = { frontend: web, secret: randomBytes(32).toString('hex'), dataDir: join(this.#folder, 'data') };
    await mkdir(settings.dataDir);
    this.#add('redis', new Server('redis', redisProgram(this.#port('redis'), this.#folder)));
    for (const node of ['0', '1'] as const) {
      const redis = await front(`relay-${node}→redis`);
      this.#add(`relay-${node}`, this.#serve(`relay-${node}`, relayProgram(settings, this.#port(`relay-${node}`), redis)));
      const database = this.#database.url('switchboard', await front(`web-${node}→database`));
      const relayInside = address(await front(`web-${node}→relay-0`, `web-${node}→relay-1`));
      this.#add(
        `web-${node}`,
        this.#serve(`web-${node}`, webProgram(settings, this.#port(`web-${node}`), { database, relay, relayInside })),
      );
    }
    for (const server of this.#servers.values()) await server.start();
    const node = (name: NodeName) => address(this.#port(name));
    this.#addresses = {
      web,
      relay,
      nodes: { 'relay-0': node('relay-0'), 'relay-1': node('relay-1'), 'web-0': node('web-0'), 'web-1': node('web-1') },
      databaseUrl: this.#database.url('switchboard'),
    };
    this.#operators = await makeOperators(this.#database.url('switchboard'), web);
  }

  #serve(name: NodeName, program: ConstructorParameters<typeof Server>[1]): Server {
    return new Server(name, program, `${address(this.#port(name))}/readyz`);
  }

  #add(name: NodeName, server: Server): void {
    this.#servers.set(name, server);
  }

  #port(name: NodeName): number {
    return this.#ports.get(name) ?? 0;
  }

  #portBehind(edge: EdgeName): number {
    const [, target = ''] = edge.split('→');
    return target === 'database' ? this.#database.port : this.#port(target as NodeName);
  }

  #edge(name: EdgeName): Edge {
    const edge = this.#edges.get(name);
    if (edge === undefined) throw new Error(`Unknown edge ${name}.`);
    return edge;
  }

  #server(name: NodeName): Server {
    const server = this.#servers.get(name);
    if (server === undefined) throw new Error(`Unknown service ${name}.`);
    return server;
  }
}
