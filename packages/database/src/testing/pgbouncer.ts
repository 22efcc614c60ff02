import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { freePort } from '../embedded/free-port.ts';
import { resolveRunAs } from '../embedded/run-as.ts';

/** Debian installs servers in sbin, which may not be in the PATH. */
const PROGRAM = ['/usr/sbin/pgbouncer', '/usr/local/sbin/pgbouncer'].find((path) => existsSync(path)) ?? 'pgbouncer';

/** Whether this machine has PgBouncer. */
export function hasPgBouncer(): boolean {
  return spawnSync(PROGRAM, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** A PgBouncer in front of the server of a database URL, on a loopback port. */
export class PgBouncer {
  /** The URL of the same database through it. */
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, url: string) {
    this.#child = child;
    this.#folder = folder;
    this.url = url;
  }

  /** Starts it with the configuration of Debian's package and these settings. */
  static async start(databaseUrl: string, settings: Readonly<Record<string, string>>): Promise<PgBouncer> {
    const url = new URL(databaseUrl);
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'switchboard-pgbouncer-'));
    await chmod(folder, 0o755);
    const lines = [
      '[databases]',
      `* = host=${url.hostname} port=${url.port} user=${url.username} password=${decodeURIComponent(url.password)}`,
      '[pgbouncer]',
      ...Object.entries({ listen_addr: '127.0.0.1', listen_port: port, unix_socket_dir: '', auth_type: 'any', ...settings }).map(
        ([name, value]) => `${name} = ${value}`,
      ),
    ];
    await writeFile(join(folder, 'pgbouncer.ini'), lines.join('\n'), { mode: 0o644 });
    const child = spawn(PROGRAM, ['-q', join(folder, 'pgbouncer.ini')], { ...(await resolveRunAs()), cwd: '/', stdio: 'ignore' });
    await untilOpen(port, child);
    url.port = String(port);
    return new PgBouncer(child, folder, url.href);
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function untilOpen(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}.`);
    const socket = connect(port, '127.0.0.1');
    const open = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (open) return;
    await delay(20);
  }
}
