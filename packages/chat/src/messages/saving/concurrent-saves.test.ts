import { setTimeout as delay } from 'node:timers/promises';

import fc from 'fast-check';
import type { NewMessage } from '@switchboard/protocol';
import { expect, it } from 'vitest';

import type { Actor } from '../../actor.ts';
import { markRead } from '../../receipts/mark-read.ts';
import { readPage } from '../read-page.ts';
import { chatFixture, text } from '../../testing/chat-fixture.ts';
import { createMessageSaver } from './message-saver.ts';

const chat = chatFixture();

/** One sender's requests, in order: which of two savers (two servers), how many messages, and how often the request is sent again. */
const requests = fc.array(
  fc.record({
    saver: fc.constantFrom(0, 1),
    size: fc.integer({ min: 1, max: 4 }),
    repeats: fc.integer({ min: 0, max: 2 }),
    pause: fc.boolean(),
  }),
  { minLength: 1, maxLength: 6 },
);

it('every message is saved once, numbered without gaps and in its sender’s order, however saves, repeats and reads interleave', async () => {
  const operator = await chat.operator();
  await fc.assert(
    fc.asyncProperty(fc.array(requests, { minLength: 2, maxLength: 6 }), fc.integer({ min: 1, max: 3 }), async (senders, clientCount) => {
      const savers = [createMessageSaver(chat.ctx), createMessageSaver(chat.ctx, { maxGroup: 3 })];
      const clients = await Promise.all(Array.from({ length: clientCount }, async () => await chat.visitor()));
      const sent = new Map<number, string[][]>(clients.map(({ clientId }) => [clientId, []]));
      await Promise.all(
        senders.map(async (script, index) => {
          const client = clients[index % clientCount]!;
          const [actor, target]: [Actor, Partial<NewMessage>] = index % 3 === 2 ? [operator, { clientId: client.clientId }] : [client, {}];
          const own: string[] = [];
          sent.get(client.clientId)!.push(own);
          for (const { saver, size, repeats, pause } of script) {
            const messages = Array.from({ length: size }, () => text('x', target));
            own.push(...messages.map(({ messageKey }) => messageKey));
            // The first answer may be "lost": repeats go to whichever server, at the same time or later.
            const answers = [savers[saver]!.save(actor, messages)];
            for (let repeat = 0; repeat < repeats; repeat += 1) {
              if (pause) await delay(0);
              answers.push(savers[(saver + repeat) % 2]!.save(actor, messages));
            }
            const [first, ...others] = (await Promise.all(answers)).map((answer) => answer.messages.map(({ id, seq }) => ({ id, seq })));
            for (const other of others) expect(other).toEqual(first);
            if (pause) await markRead(chat.ctx, operator, { clientId: client.clientId });
          }
        }),
      );
      for (const { clientId } of clients) {
        const rows = await chat.messages(clientId);
        const keys = rows.map(({ messageKey }) => messageKey);
        expect(rows.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
        expect(keys.toSorted()).toEqual(sent.get(clientId)!.flat().toSorted());
        for (const own of sent.get(clientId)!) expect(keys.filter((key) => own.includes(key))).toEqual(own);
        expect(await chat.client(clientId)).toMatchObject({ lastSeq: rows.length, unreadCount: await chat.countUnread(clientId) });
      }
      await Promise.all(savers.map(async (saver) => await saver.close()));
    }),
    { numRuns: 15 },
  );
});

it('a reader that follows by number misses nothing while 20 writers save', async () => {
  const visitor = await chat.visitor();
  const operator = await chat.operator();
  const savers = [
    createMessageSaver(chat.ctx, { maxGroup: 3 }),
    createMessageSaver(chat.ctx),
    createMessageSaver(chat.ctx, { maxGroup: 1 }),
  ];
  const progress = { writing: true };
  const writers = Promise.all(
    Array.from({ length: 20 }, async (_, writer) => {
      for (let round = 0; round < 8; round += 1) {
        await savers[(writer + round) % 3]!.save(operator, [text('x', { clientId: visitor.clientId })]);
      }
    }),
  ).finally(() => {
    progress.writing = false;
  });
  const seen: number[] = [];
  const readOn = async () => {
    const page = await readPage(chat.ctx, visitor, { afterSeq: seen.at(-1) ?? 0, limit: 7 });
    seen.push(...page.messages.map(({ seq }) => seq));
    expect(page.lastSeq).toBeGreaterThanOrEqual(seen.at(-1) ?? 0);
    return page.hasMore;
  };
  while (progress.writing) await readOn();
  await writers;
  while (await readOn());
  expect(seen).toEqual(Array.from({ length: 160 }, (_, index) => index + 1));
  await Promise.all(savers.map(async (saver) => await saver.close()));
});
