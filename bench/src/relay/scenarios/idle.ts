import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import type { Row } from '../../benchmark.ts';
import { toRow } from '../../figures.ts';
import { ours, reference } from '../contestants.ts';
import { openCrowd } from '../crowd.ts';
import { type Contestant, type Server, startServer } from '../server-process.ts';
import { scaled, type Stage } from '../stage.ts';

const SOCKETS = 10_000;
/** Files that server and generator have open besides. */
const OTHER_FILES = 200;
/** They come and go before anything is measured, so that what a server makes once is there. */
const FIRST = 200;
/** Memory has settled when it was about the same for so long: V8 tidies up some eight seconds after the last work. */
const SETTLED_MS = 9_000;
const SETTLED_WITHIN_MS = 30_000;
const ABOUT = 0.01;
const KIB = 1_024;

interface Opened {
  readonly bytesEach: number;
  readonly seconds: number;
  readonly failures: number;
}

/** What sockets cost that say nothing: visitors who have a token, where tokens are understood, and have joined. */
export async function idle(stage: Stage): Promise<Row[]> {
  const sockets = Math.min(scaled(stage, SOCKETS), maxOpenFiles() - OTHER_FILES);
  const settledMs = SETTLED_MS * stage.scale;
  const theirs = await openMany(stage, reference, sockets, settledMs);
  const our = await openMany(stage, ours(), sockets, settledMs);
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

async function openMany({ pinning }: Stage, contestant: Contestant, sockets: number, settledMs: number): Promise<Opened> {
  const server = await startServer(contestant, pinning);
  try {
    const first = await openCrowd(server, { visitors: Math.min(FIRST, sockets), operators: 0 });
    first.close();
    const before = await settledBytes(server, settledMs);
    // An operator hears of everybody, so that it is known that all have joined.
    const crowd = await openCrowd(server, { visitors: sockets, operators: 1 });
    const after = await settledBytes(server, settledMs);
    crowd.close();
    return { bytesEach: (after - before) / crowd.visitors.length, seconds: crowd.openedInMs / 1_000, failures: crowd.failures.length };
  } finally {
    await server.stop();
  }
}

/** A server's memory when it does not change any more. */
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

/** Files that a process may open here; Node.js takes the hard limit for itself. */
function maxOpenFiles(): number {
  const [, hard = ''] = /Max open files\s+\S+\s+(\S+)/.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}
