import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import type { Row } from '../../benchmark.ts';
import { toRow } from '../../figures.ts';
import { ours, reference } from '../contestants.ts';
import { connectPeers } from '../connect-peers.ts';
import { type Contestant, type Server, startServer } from '../server-process.ts';
import { scaled, type RunSettings } from '../run-settings.ts';

const SOCKETS = 10_000;
/** Other files that the server and the generator have open. */
const OTHER_FILES = 200;
/** Peers that connect and disconnect before anything is measured, so that what a server allocates once is allocated. */
const FIRST = 200;
/** Memory has settled when it was nearly constant for so long: V8 collects garbage about eight seconds after the last work. */
const SETTLED_MS = 9_000;
const SETTLED_WITHIN_MS = 30_000;
const ABOUT = 0.01;
const KIB = 1_024;

interface Opened {
  readonly bytesEach: number;
  readonly seconds: number;
  readonly failures: number;
}

/** The cost of silent sockets: of visitors that have joined, with a token where the server supports tokens. */
export async function idle(settings: RunSettings): Promise<Row[]> {
  const sockets = Math.min(scaled(settings, SOCKETS), maxOpenFiles() - OTHER_FILES);
  const settledMs = SETTLED_MS * settings.scale;
  const theirs = await openMany(settings, reference, sockets, settledMs);
  const our = await openMany(settings, ours(), sockets, settledMs);
  const row = (title: string, unit: string, pick: (opened: Opened) => number) => [
    toRow(`${sockets} idle: ${title}, reference`, unit, [pick(theirs)]),
    toRow(`${sockets} idle: ${title}, Switchboard`, unit, [pick(our)]),
  ];
  return [
    ...row('memory a socket', 'KiB', ({ bytesEach }) => bytesEach / KIB),
    toRow(`${sockets} idle: memory, Switchboard ÷ reference (goal ≤ 1.0)`, '×', [our.bytesEach / theirs.bytesEach]),
    ...row('opening them', 's', ({ seconds }) => seconds),
    ...row('errors', '', ({ failures }) => failures),
  ];
}

async function openMany({ pinning }: RunSettings, contestant: Contestant, sockets: number, settledMs: number): Promise<Opened> {
  const server = await startServer(contestant, pinning);
  try {
    const first = await connectPeers(server, { visitors: Math.min(FIRST, sockets), operators: 0 });
    first.close();
    const before = await settledBytes(server, settledMs);
    // The operator is notified of every visitor, which shows that all have joined.
    const group = await connectPeers(server, { visitors: sockets, operators: 1 });
    const after = await settledBytes(server, settledMs);
    group.close();
    return { bytesEach: (after - before) / group.visitors.length, seconds: group.connectedInMs / 1_000, failures: group.failures.length };
  } finally {
    await server.stop();
  }
}

/** The memory of a server after it has settled. */
async function settledBytes(server: Server, settledMs: number): Promise<number> {
  const end = Date.now() + SETTLED_WITHIN_MS;
  let [last, since] = [server.bytes(), Date.now()];
  while (Date.now() - since < settledMs && Date.now() < end) {
    await delay(100);
    const bytes = server.bytes();
    if (Math.abs(bytes - last) > ABOUT * last) [last, since] = [bytes, Date.now()];
  }
  return server.bytes();
}

/** Files that a process may open here: Node.js raises its limit to the hard limit. */
function maxOpenFiles(): number {
  const [, hard = ''] = /Max open files\s+\S+\s+(\S+)/.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}
