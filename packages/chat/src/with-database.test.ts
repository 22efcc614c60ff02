import { ChatError } from '@switchboard/protocol';
import { expect, it } from 'vitest';

import { chatFixture, codeOf } from './testing/chat-fixture.ts';
import { withDatabase } from './with-database.ts';

const chat = chatFixture();

it('withDatabase runs work again that PostgreSQL rolled back because of another transaction', async () => {
  const [a, b] = [await chat.visitor(), await chat.visitor()];
  let started = 0;
  let open = (): void => undefined;
  const both = new Promise<void>((resolve) => {
    open = resolve;
  });
  // Two transactions lock the same two rows in opposite order: PostgreSQL rolls one of them back.
  const rename = async (first: number, second: number, username: string) =>
    await withDatabase(chat.ctx, async () => {
      await chat.db.prisma.$transaction(async (tx) => {
        await tx.client.update({ where: { id: first }, data: { username } });
        started += 1;
        if (started === 2) open();
        await both;
        await tx.client.update({ where: { id: second }, data: { username } });
      });
    });
  await Promise.all([rename(a.clientId, b.clientId, 'x'), rename(b.clientId, a.clientId, 'y')]);
  expect(started).toBe(3);
});

it('withDatabase throws a ChatError as it is, and any other error as internal after logging it', async () => {
  const known = new ChatError('conflict', 'x');
  await expect(withDatabase(chat.ctx, async () => await Promise.reject(known))).rejects.toBe(known);
  const logged = chat.errors.length;
  expect(await codeOf(withDatabase(chat.ctx, async () => await Promise.reject(new TypeError('oops'))))).toBe('internal');
  expect(chat.errors).toHaveLength(logged + 1);
  expect(await codeOf(withDatabase(chat.ctx, async () => await chat.db.prisma.$queryRaw`SELECT ${'x'}::int`))).toBe('invalid_request');
});
