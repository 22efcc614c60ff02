import { setTimeout as delay } from 'node:timers/promises';

import { identify, isIdentity, type ProcessIdentity, stillRuns } from './standalone/process-identity.mjs';
import { type DataDir, readJson, writeAtomically } from './data-dir.ts';
import { endGroup } from './process-service.ts';

/** How long a process that outlived its supervisor may take to end in order. It has been told already. */
const PATIENCE_MS = 3_000;
const POLL_MS = 25;

/** The processes that we started, written down so that the next start can find them should we be killed. */
export class ProcessList {
  readonly #dataDir: DataDir;
  readonly #processes = new Map<string, ProcessIdentity>();
  #writing: Promise<void> = Promise.resolve();

  constructor(dataDir: DataDir) {
    this.#dataDir = dataDir;
  }

  /** Notes that `pid` is the process of `name` now. */
  async note(name: string, pid: number): Promise<void> {
    const identity = identify(pid);
    if (identity === undefined) return;
    this.#processes.set(name, identity);
    const content = JSON.stringify([...this.#processes.values()]);
    // One after the other: the last one to be noted must be the last one to be written.
    this.#writing = this.#writing.then(async () => await writeAtomically(this.#dataDir.processes, content));
    await this.#writing;
  }
}

/**
 * Ends processes that a killed start left behind on this data folder. They end by themselves when their supervisor is gone, but that takes a moment in
 * which they hold their ports. Hold the folder's lock.
 */
export async function endLeftovers(dataDir: DataDir): Promise<void> {
  const noted = await readJson(dataDir.processes);
  const left = (Array.isArray(noted) ? noted : []).filter(isIdentity).filter(stillRuns);
  await Promise.all(left.map(endOne));
}

async function endOne(process: ProcessIdentity): Promise<void> {
  endGroup(process.pid, 'SIGTERM');
  for (const end = Date.now() + PATIENCE_MS; stillRuns(process); await delay(POLL_MS)) if (Date.now() > end) endGroup(process.pid);
}
