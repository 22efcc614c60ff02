import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

import { isIdentity, stillRuns } from '../../standalone/process-identity.mjs';
import { readJson } from '../../data-dir.ts';
import { ok, type Outcome, warn } from '../outcome.ts';

const ENOUGH = 10_000;

/** A limit on open files, and its owner. */
export interface OpenFiles {
  readonly whose: string;
  readonly limit: number;
}

/** Whether the limit suffices: each connection of a relay is an open file. */
export function judgeOpenFiles({ whose, limit }: OpenFiles, maxConnections: number): Outcome {
  const allowed = Number.isFinite(limit) ? String(limit) : 'no limit';
  if (limit >= ENOUGH) return ok(`${allowed}, ${whose}`);
  return warn(
    `only ${allowed} (${whose}), but each of up to ${maxConnections} connections (MAX_CONNECTIONS) needs one`,
    'Raise it: LimitNOFILE=65536 in a systemd unit, or "ulimit -n 65536" before npm start.',
  );
}

/** The lowest limit of the servers that a start on this data folder runs, otherwise that of this process. */
export async function readOpenFiles(processes: string): Promise<OpenFiles> {
  const noted = await readJson(processes);
  const running = (Array.isArray(noted) ? noted : []).filter(isIdentity).filter(stillRuns);
  const limits = (await Promise.all(running.map(async ({ pid }) => await limitOf(String(pid))))).filter((limit) => limit !== undefined);
  if (limits.length > 0) return { whose: 'of the running servers', limit: Math.min(...limits) };
  return { whose: 'of this shell; a service manager may set another', limit: (await limitOf('self')) ?? (await askShell()) };
}

/** The soft limit of a process, where the system reveals it (Linux). */
async function limitOf(pid: string): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/limits`, 'utf8').catch(() => ''); // Not Linux, another user's process, or it has ended.
  return parseLimit(/^Max open files\s+(\S+)/m.exec(text)?.[1]);
}

async function askShell(): Promise<number> {
  const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n']);
  return parseLimit(stdout.trim()) ?? Number.POSITIVE_INFINITY;
}

function parseLimit(text: string | undefined): number | undefined {
  if (text === 'unlimited') return Number.POSITIVE_INFINITY;
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}
