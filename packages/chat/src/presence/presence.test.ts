import { describe, expect, it } from 'vitest';

import { SYSTEM, type OperatorActor } from '../actor.ts';
import { readOperator } from '../operators/list-operators.ts';
import { chatFixture, codeOf } from '../testing/chat-fixture.ts';
import { expirePresence } from './expire-presence.ts';
import { leavePresence } from './leave.ts';
import { countPresence, listPresence } from './list-presence.ts';
import { recordPresence } from './record-presence.ts';

const chat = chatFixture();

const row = async ({ userId }: OperatorActor) => await chat.db.prisma.presence.findUniqueOrThrow({ where: { userId } });
const isListed = async ({ userId }: OperatorActor) =>
  (await listPresence(chat.ctx, { kind: 'operator', userId, name: '', role: 'OPERATOR' }, { limit: 200 })).items.some(
    ({ operatorId }) => operatorId === userId,
  );
/** As if this much time had passed since the last heartbeat, by the clock of the database. */
const age = async ({ userId }: OperatorActor, seconds: number) =>
  await chat.db.prisma.$executeRaw`UPDATE "Presence" SET "lastSeenAt" = now() - ${seconds}::int * interval '1 second',
    "changedAt" = "changedAt" - interval '1 hour' WHERE "userId" = ${userId}::int`;

async function online(name = 'Olga'): Promise<OperatorActor> {
  const operator = await chat.operator(name);
  await recordPresence(chat.ctx, operator, {});
  return operator;
}

describe('an operator', () => {
  it('is online from the first heartbeat of their console, and available unless they have switched it off', async () => {
    const olga = await chat.operator();
    expect(await isListed(olga)).toBe(false);
    expect(await recordPresence(chat.ctx, olga, {})).toEqual({ isOnline: true, isAvailable: true });
    expect(await isListed(olga)).toBe(true);
    expect(await recordPresence(chat.ctx, olga, { isAvailable: false })).toEqual({ isOnline: true, isAvailable: false });
    // A heartbeat that says nothing about it leaves it.
    expect(await recordPresence(chat.ctx, olga, {})).toEqual({ isOnline: true, isAvailable: false });
    await leavePresence(chat.ctx, olga);
    expect(await recordPresence(chat.ctx, olga, {})).toEqual({ isOnline: true, isAvailable: false });
  });

  it('keeps the time of the last change through heartbeats', async () => {
    const olga = await online();
    await age(olga, 20);
    const { changedAt } = await row(olga);
    await recordPresence(chat.ctx, olga, { isAvailable: true });
    expect((await row(olga)).changedAt).toEqual(changedAt);
    await recordPresence(chat.ctx, olga, { isAvailable: false });
    expect((await row(olga)).changedAt.getTime()).toBeGreaterThan(changedAt.getTime());
  });

  it('is offline once they have left, until another page sends a heartbeat', async () => {
    const olga = await online();
    await leavePresence(chat.ctx, olga);
    expect(await isListed(olga)).toBe(false);
    const { changedAt } = await row(olga);
    await leavePresence(chat.ctx, olga);
    expect((await row(olga)).changedAt).toEqual(changedAt);
    await recordPresence(chat.ctx, olga, {});
    expect(await isListed(olga)).toBe(true);
  });

  it('is offline 60 s after the last heartbeat, also while no server expires it', async () => {
    const olga = await online();
    await age(olga, 50);
    expect(await isListed(olga)).toBe(true);
    await age(olga, 61);
    expect(await isListed(olga)).toBe(false);
    expect(await readOperator(chat.ctx, olga, olga.userId)).toMatchObject({ isOnline: false });
  });

  it('refuses anything else as availability', async () => {
    const input = { isAvailable: 'yes' } as unknown as { isAvailable: boolean };
    expect(await codeOf(recordPresence(chat.ctx, await chat.operator(), input))).toBe('invalid_request');
  });
});

describe('expiring', () => {
  it('sets those offline whose last heartbeat is older than 60 s, and counts each once, whatever servers do it', async () => {
    await chat.db.prisma.presence.deleteMany();
    const [here, gone, left] = [await online(), await online(), await online()];
    await age(here, 50);
    await age(gone, 61);
    await leavePresence(chat.ctx, left);
    const counts = await Promise.all(Array.from({ length: 4 }, async () => await expirePresence(chat.ctx, SYSTEM)));
    expect(counts.reduce((sum, count) => sum + count)).toBe(1);
    expect([(await row(here)).isOnline, (await row(gone)).isOnline]).toEqual([true, false]);
  });

  it('leaves an operator whose console sends a heartbeat at the same time online', async () => {
    const olga = await online();
    await age(olga, 61);
    await Promise.all([expirePresence(chat.ctx, SYSTEM), recordPresence(chat.ctx, olga, {}), expirePresence(chat.ctx, SYSTEM)]);
    expect(await isListed(olga)).toBe(true);
  });
});

it('counts who is online and who of them is available', async () => {
  await chat.db.prisma.presence.deleteMany();
  const away = await online();
  await recordPresence(chat.ctx, away, { isAvailable: false });
  await online();
  await age(await online(), 61);
  await recordPresence(chat.ctx, await chat.operator(), { isAvailable: true });
  expect(await countPresence(chat.ctx, SYSTEM)).toEqual({ online: 3, available: 2 });
  const { items, nextCursor } = await listPresence(chat.ctx, away, { limit: 1 });
  expect([items, nextCursor]).toMatchObject([[{ operatorId: away.userId, name: 'Olga', isAvailable: false }], String(away.userId)]);
});
