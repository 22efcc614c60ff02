import { freePort, startCluster, type Cluster } from '@switchboard/database/embedded';
import pg from 'pg';

import { wrongClock } from './faketime.ts';
import { familyOf } from './node-process.ts';

const PASSWORD = 'chaos';
/** A durable PostgreSQL server that can be killed, suspended and started again. */
export class Postgres {
  readonly #folder: string;
  #cluster: Cluster | undefined;
  #port = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get port(): number {
    return this.#port;
  }

  url(database: string, port = this.#port): string {
    return `postgresql://switchboard:${PASSWORD}@127.0.0.1:${port}/${database}`;
  }

  /** @param clockErrorMs milliseconds by which its clock is shifted, for this start */
  async start(clockErrorMs = 0): Promise<void> {
    if (this.#cluster !== undefined) return;
    if (this.#port === 0) this.#port = await freePort();
    const cluster = await startCluster({
      dataFolder: this.#folder,
      password: PASSWORD,
      port: this.#port,
      durable: true,
      environment: wrongClock(clockErrorMs),
    });
    this.#cluster = cluster;
    void this.#watch(cluster);
  }

  async #watch(cluster: Cluster): Promise<void> {
    await cluster.exited;
    if (this.#cluster === cluster) this.#cluster = undefined;
  }

  /** Sends a signal to all its processes at once, like a machine that loses its power or stops. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    const cluster = this.#cluster;
    if (cluster === undefined) return;
    if (signal === 'SIGINT') {
      // An orderly, fast shutdown: its first process ends the others.
      process.kill(cluster.pid, signal);
      await cluster.exited;
      return;
    }
    for (const pid of await familyOf(cluster.pid)) {
      try {
        process.kill(pid, signal);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ESRCH') throw error; // It has ended meanwhile.
      }
    }
    if (signal === 'SIGKILL') await cluster.exited;
  }

  async stop(): Promise<void> {
    await this.#cluster?.stop();
  }

  /** Runs a query on a direct connection, which no fault affects. */
  async query<T extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    const client = new pg.Client({ connectionString: this.url('switchboard') });
    client.on('error', () => undefined); // The query rejects with it.
    await client.connect();
    try {
      return (await client.query<T>(text, values.length === 0 ? undefined : [...values])).rows;
    } finally {
      await client.end().catch(() => undefined); // It may be killed during the query, which is intended here.
    }
  }
}
