import { randomUUID } from 'node:crypto';

import { createMessageSaver, startSession, type VisitorActor, type Context } from '@switchboard/chat';
import type { Database } from '@switchboard/database';

import type { Benchmark, Row } from '../benchmark.ts';
import { runAlternately, toRow } from '../figures.ts';
import { perSecond } from '../per-second.ts';
import { DURABLE, withDurableDatabase } from '../harness/durable-database.ts';
import { TEXT } from '../harness/text.ts';

const CONCURRENCY = 64;
const POOL_SIZE = 10;
const ROUNDS = 11;
const ROUND_MS = 1_500;

/**
 * Durable saves of single messages through the saver of packages/chat, against one `create` for each message, both with 64 in progress at all times: in
 * 64 conversations, and in one, whose row every save has to lock.
 */
export const saves: Benchmark = {
  name: 'saves',
  title: 'Durable saves',
  async run() {
    const rows = await withDurableDatabase(POOL_SIZE, async (database) => [
      ...(await compare(database, CONCURRENCY)),
      ...(await compare(database, 1)),
    ]);
    return { conditions: { concurrency: CONCURRENCY, 'pool size': POOL_SIZE, 'round ms': ROUND_MS, ...DURABLE }, rows };
  },
};

async function compare(database: Database, clients: number): Promise<Row[]> {
  const ctx = contextOf(database);
  const saver = createMessageSaver(ctx);
  // Each has its own visitors, so that neither works on rows that the other has changed a thousand times.
  const [ours, theirs] = [await visitors(ctx, clients), await visitors(ctx, clients)];
  const lastSeqs = theirs.map(() => 0);
  const { create, save } = await runAlternately(ROUNDS, {
    create: async () =>
      await perSecond(CONCURRENCY, ROUND_MS, async (loop) => {
        const index = loop % clients;
        const seq = (lastSeqs[index] ?? 0) + 1;
        lastSeqs[index] = seq;
        await createOne(database, theirs[index]!, seq);
      }),
    save: async () =>
      await perSecond(CONCURRENCY, ROUND_MS, async (loop) => {
        await saver.save(ours[loop % clients]!, [{ messageKey: randomUUID(), messageType: 'TEXT', text: TEXT }]);
      }),
  });
  await saver.close();
  const where = clients === 1 ? 'one conversation' : `${clients} conversations`;
  const baseline = toRow(`one create each, ${where}`, 'saves/s', create);
  return [baseline, toRow(`the saver, ${where}`, 'saves/s', save, baseline)];
}

function contextOf(db: Database): Context {
  const log = { debug() {}, info() {}, warn() {}, error: (fields: object, message: string) => console.error(message, fields) };
  return { db, clock: () => new Date(), ids: randomUUID, log, signUpload: (path) => path };
}

async function visitors(ctx: Context, count: number): Promise<VisitorActor[]> {
  return await Promise.all(
    Array.from({ length: count }, async () => {
      const { clientId, sessionId } = await startSession(ctx, { kind: 'anonymous' }, { username: 'Vera' });
      return { kind: 'visitor', clientId, sessionId } as const;
    }),
  );
}

async function createOne(database: Database, { clientId, sessionId }: VisitorActor, seq: number): Promise<void> {
  await database.prisma.chatMessage.create({
    data: { messageKey: randomUUID(), clientId, seq, sessionId, senderType: 'CLIENT', messageType: 'TEXT', text: TEXT },
  });
}
