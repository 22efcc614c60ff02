import type { Database, Prisma, Transaction } from '@switchboard/database';
import { indexConditionsWithout } from '@switchboard/database/testing';
import { expect, it } from 'vitest';

import { chatFixture, text } from '../../testing/chat-fixture.ts';
import { createMessageSaver } from './message-saver.ts';

const chat = chatFixture();

/** The database, which records every statement of its short transactions in `statements`. */
function recorded(db: Database, statements: Prisma.Sql[]): Database {
  return Object.assign(Object.create(db) as Database, {
    transact: async <T>(work: (tx: Transaction) => Promise<T>) =>
      await db.transact(async (tx) => {
        const recording = (send: 'query' | 'commit') => async (statement: Prisma.Sql) => {
          statements.push(statement);
          return await tx[send](statement);
        };
        return await work({ query: recording('query'), commit: recording('commit') } as Transaction);
      }),
  });
}

it('looks a message key up by the key alone: an index by client would be scanned for the whole conversation', async () => {
  const visitor = await chat.visitor();
  const other = await chat.visitor();
  const operator = await chat.operator();
  const statements: Prisma.Sql[] = [];
  const saver = createMessageSaver({ ...chat.ctx, db: recorded(chat.db, statements) });
  await saver.save(visitor, [text('in one statement')]);
  // By an address, so that it is planned step by step.
  await saver.save(operator, [text('step by step', { clientSocketId: other.sessionId })]);
  await saver.close();
  const lookups = statements.filter((statement) => statement.text.includes('"messageKey" ='));
  expect(lookups).toHaveLength(2);
  for (const lookup of lookups)
    expect((await indexConditionsWithout(chat.url, 'chat_messages_key_per_side_key', 'ChatMessage', lookup)).join()).not.toContain(
      '"clientId"',
    );
});
