import { randomUUID } from 'node:crypto';

import { listRecentChats, markRead, readHistory, readPage, type Context, type OperatorActor } from '@switchboard/chat';
import type { Database } from '@switchboard/database';

import type { Benchmark, Row } from '../benchmark.ts';
import { percentile, runAlternately, toRow } from '../figures.ts';
import { DURABLE, withDurableDatabase } from '../harness/durable-database.ts';
import { seed, type Amount } from './seed.ts';

const SMALL: Amount = { clients: 100, messages: 10 };
const LARGE: Amount = { clients: 100_000, messages: 10 };
const ROUNDS = 7;
const CALLS = 150;

/** The reads of an operator's console, in a database with a thousand messages and in one with a million: both should take the same time. */
export const reads: Benchmark = {
  name: 'reads',
  title: 'Reads of a small and a large database, 95th percentile',
  async run() {
    const rows = await withDurableDatabase(4, async (small) => await withDurableDatabase(4, async (large) => await compare(small, large)));
    const messages = ({ clients, messages: each }: Amount) => clients * each;
    const conditions = { 'messages, small': messages(SMALL), 'messages, large': messages(LARGE), 'clients, large': LARGE.clients };
    return { conditions: { ...conditions, 'calls a round': CALLS, ...DURABLE }, rows };
  },
};

interface Subject {
  readonly ctx: Context;
  readonly operator: OperatorActor;
  readonly database: Database;
  /** A random client's id. */
  readonly anyClient: () => number;
}

async function compare(small: Database, large: Database): Promise<Row[]> {
  const [few, many] = [await open(small, SMALL), await open(large, LARGE)];
  const rows: Row[] = [];
  for (const [name, verb] of Object.entries(VERBS)) {
    const given = await runAlternately(ROUNDS, {
      small: async () => await slowest(few, verb),
      large: async () => await slowest(many, verb),
    });
    const row = toRow(`${name}, small`, 'ms', given.small);
    rows.push(row, toRow(`${name}, large`, 'ms', given.large, row));
  }
  return rows;
}

async function open(database: Database, amount: Amount): Promise<Subject> {
  const { operatorId, firstClientId } = await seed(database, amount);
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object, message: string) => console.error(message, fields) };
  return {
    database,
    ctx: { db: database, clock: () => new Date(), ids: randomUUID, log, signUpload: (path) => path },
    operator: { kind: 'operator', userId: operatorId, name: 'Olga', role: 'OPERATOR' },
    anyClient: () => firstClientId + Math.floor(Math.random() * amount.clients),
  };
}

/** The 95th percentile of the time of some calls, one after the other. Milliseconds. */
async function slowest(subject: Subject, verb: Verb): Promise<number> {
  const times: number[] = [];
  for (let call = 0; call < CALLS; call += 1) {
    const run = await verb(subject);
    const began = performance.now();
    await run();
    times.push(performance.now() - began);
  }
  return percentile(times, 0.95);
}

/** Prepares a call; the function that it returns is measured. */
type Verb = (subject: Subject) => Promise<() => Promise<unknown>>;

const VERBS: Readonly<Record<string, Verb>> = {
  'read a history': async ({ ctx, operator, anyClient }) => {
    const clientId = anyClient();
    return await Promise.resolve(async () => await readHistory(ctx, operator, { clientId }));
  },
  'read the newest page': async ({ ctx, operator, anyClient }) => {
    const clientId = anyClient();
    return await Promise.resolve(async () => await readPage(ctx, operator, { clientId, limit: 50 }));
  },
  'list recent chats with unread counts': async ({ ctx, operator }) =>
    await Promise.resolve(async () => await listRecentChats(ctx, operator, { limit: 50 })),
  'mark as read': async ({ ctx, operator, anyClient, database }) => {
    const clientId = anyClient();
    await database.prisma.$transaction([
      database.prisma.chatMessage.updateMany({ where: { clientId, seq: SMALL.messages }, data: { isRead: false } }),
      database.prisma.client.update({ where: { id: clientId }, data: { unreadCount: 1, operatorReadSeq: SMALL.messages - 1 } }),
    ]);
    return async () => await markRead(ctx, operator, { clientId });
  },
};
