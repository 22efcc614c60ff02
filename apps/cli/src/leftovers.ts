import { setTimeout as delay } from 'node:timers/promises';

import { identify, isIdentity, type ProcessIdentity, stillRuns } from './standalone/process-identity.mjs';
import { type DataDir, readJson, writeAtomically } from './data-dir.ts';
import { endGroup } from './process-service.ts';

/** How long a process that outlived its supervisor may take to stop. It was already signaled to stop. */
const STOP_TIMEOUT_MS = 3_000;
const POLL_MS = 25;

/** A record of the started processes, so that the next start can find them if this one is killed. */
export class ProcessList {
  readonly #dataDir: DataDir;
  readonly #processes = new Map<string, ProcessIdentity>();
  #writing: Promise<void> = Promise.resolve();

  constructor(dataDir: DataDir) {
    this.#dataDir = dataDir;
  }

  /** Records that `pid` is now the process of `name`. */
  async note(name: string, pid: number): Promise<void> {
    const identity = identify(pid);
    if (identity === undefined) return;
    this.#processes.set(name, identity);
    const content = JSON.stringify([...this.#processes.values()]);
    // Writes are sequential: the last record must be the last one written.
    this.#writing = this.#writing.then(async () => await writeAtomically(this.#dataDir.processes, content));
    await this.#writing;
  }
}

/**
 * Ends processes that a killed start left behind on this data folder. They stop when their supervisor is gone, but hold their ports until then. The
 * caller must hold the folder's lock.
 */
export async function endLeftovers(dataDir: DataDir): Promise<void> {
  const noted = await readJson(dataDir.processes);
  const left = (Array.isArray(noted) ? noted : []).filter(isIdentity).filter(stillRuns);
  await Promise.all(left.map(endOne));
}

async function endOne(process: ProcessIdentity): Promise<void> {
  endGroup(process.pid, 'SIGTERM');
  for (const end = Date.now() + STOP_TIMEOUT_MS; stillRuns(process); await delay(POLL_MS)) if (Date.now() > end) endGroup(process.pid);
}
