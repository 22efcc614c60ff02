import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Whether the promise resolves rather than rejects. */
async function succeeds(event: Promise<unknown>): Promise<boolean> {
  return await event.then(
    () => true,
    () => false,
  );
}

/** A free port below the ephemeral range: an ephemeral port might be taken when Redis restarts on it. */
async function serverPort(): Promise<number> {
  for (;;) {
    const port = 14_000 + Math.floor(Math.random() * 18_000);
    const server = createServer().listen(port, '127.0.0.1');
    const free = await succeeds(once(server, 'listening'));
    server.close();
    if (free) return port;
  }
}

/** A real Redis for one test, on loopback and without persistence. */
export class TestRedis {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.#port = port;
    this.#folder = folder;
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** A Redis that is not started yet. */
  static async prepare(): Promise<TestRedis> {
    return new TestRedis(await serverPort(), await mkdtemp(join(tmpdir(), 'switchboard-redis-')));
  }

  static async start(): Promise<TestRedis> {
    const redis = await TestRedis.prepare();
    await redis.run();
    return redis;
  }

  /** Starts it, on the same port each time. @throws Error when `redis-server` is not installed */
  async run(): Promise<void> {
    const args = ['--port', String(this.#port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', this.#folder];
    const child = spawn('redis-server', args, { stdio: 'ignore' });
    this.#child = child;
    const failed = new Promise<never>((_resolve, reject) => {
      child.once('error', (error) =>
        reject(new Error('These tests need redis-server (Debian: apt-get install redis-server).', { cause: error })),
      );
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}.`)));
    });
    failed.catch(() => undefined); // The race reports a failed start. A later exit is intended.
    await Promise.race([failed, this.#listening(child)]);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    child.kill('SIGCONT');
    await gone;
  }

  /** Makes it accept connections without answering, until `thaw`. */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #listening(child: ChildProcess): Promise<void> {
    while (child.pid !== undefined && child.exitCode === null) {
      const socket = connect(this.#port, '127.0.0.1');
      const up = await succeeds(once(socket, 'connect'));
      socket.destroy();
      if (up) return;
      await delay(10);
    }
  }
}
