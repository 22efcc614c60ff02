import { freePort, startCluster, type Cluster } from '@switchboard/database/embedded';
import pg from 'pg';

import { wrongClock } from './faketime.ts';
import { familyOf } from './node-process.ts';

const PASSWORD = 'chaos';
/** A durable PostgreSQL that is killed, frozen and started again. */
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

  /** @param clockErrorMs milliseconds by which its clock is wrong, this time */
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

  /** Every process of it at once, as a machine would that loses its power or stops. */
  async signal(signal: NodeJS.Signals): Promise<void> {
    const cluster = this.#cluster;
    if (cluster === undefined) return;
    if (signal === 'SIGINT') {
      // An orderly, fast shutdown: its first process sees to the others.
      process.kill(cluster.pid, signal);
      await cluster.exited;
      return;
    }
    for (const pid of await familyOf(cluster.pid)) {
      try {
        process.kill(pid, signal);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ESRCH') throw error; // It ended by itself meanwhile.
      }
    }
    if (signal === 'SIGKILL') await cluster.exited;
  }

  async stop(): Promise<void> {
    await this.#cluster?.stop();
  }

  /** Asks it directly, around every fault on the way. */
  async query<T extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<T[]> {
    const client = new pg.Client({ connectionString: this.url('switchboard') });
    client.on('error', () => undefined); // The query rejects with it.
    await client.connect();
    try {
      return (await client.query<T>(text, values.length === 0 ? undefined : [...values])).rows;
    } finally {
      await client.end().catch(() => undefined); // Killed under us: that is what we do here.
    }
  }
}
