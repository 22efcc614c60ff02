import type { Prisma } from '@switchboard/database';
import { indexConditionsWithout } from '@switchboard/database/testing';
import { expect, it } from 'vitest';

import type { VisitorActor } from '../../actor.ts';
import { chatFixture, text } from '../../testing/chat-fixture.ts';
import { recordedSaves } from '../../testing/recorded-saves.ts';
import { createMessageSaver } from './message-saver.ts';

const chat = chatFixture();

/** A first message is planned, because it opens a chat. */
async function openChats(...visitors: readonly VisitorActor[]): Promise<void> {
  const saver = createMessageSaver(chat.ctx);
  for (const visitor of visitors) await saver.save(visitor, [text('first')]);
  await saver.close();
}

it('looks a message key up by the key alone: an index by client would be scanned for the whole conversation', async () => {
  const visitor = await chat.visitor();
  const other = await chat.visitor();
  const operator = await chat.operator();
  const statements: Prisma.Sql[] = [];
  await openChats(visitor, other);
  const saver = createMessageSaver({ ...chat.ctx, db: recordedSaves(chat.db, statements) });
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
