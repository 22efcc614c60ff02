import { expect, it } from 'vitest';

import { SYSTEM } from '../actor.ts';
import { chatFixture, codeOf } from '../testing/chat-fixture.ts';
import { listAudit } from './list-audit.ts';
import { writeAudit } from './write-audit.ts';

const chat = chatFixture();

it('answers entries newest first, each on exactly one page, also those of one transaction', async () => {
  const admin = await chat.operator('Ada', 'ADMIN');
  await chat.db.prisma.$transaction(async (tx) => {
    for (const id of [1, 2, 3]) await writeAudit(tx, SYSTEM, { action: 'team.created', id, to: { name: `Team ${id}` } });
  });
  await writeAudit(chat.db.prisma, admin, { action: 'team.changed', id: 2, from: { name: 'Team 2' }, to: { name: 'Lamps' } });
  const subjects: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await listAudit(chat.ctx, admin, { cursor, limit: 1 });
    subjects.push(...page.items.map(({ subject }) => subject));
    cursor = page.nextCursor;
  }
  expect(subjects).toEqual(['team:2', 'team:3', 'team:2', 'team:1']);
  const { items } = await listAudit(chat.ctx, admin, {});
  expect(items[0]).toMatchObject({
    actor: { kind: 'operator', id: admin.userId, name: 'Ada' },
    action: 'team.changed',
    from: { name: 'Team 2' },
    to: { name: 'Lamps' },
  });
  expect(items[1]).toMatchObject({ actor: { kind: 'system', id: null, name: null }, from: null, to: { name: 'Team 3' } });
});

it('is undone with the change that it records', async () => {
  const admin = await chat.operator('Ada', 'ADMIN');
  const count = async () => (await listAudit(chat.ctx, admin, { limit: 200 })).items.length;
  const before = await count();
  const failing = chat.db.prisma.$transaction(async (tx) => {
    await writeAudit(tx, admin, { action: 'inbox.created', id: 1 });
    throw new Error('the change failed');
  });
  await expect(failing).rejects.toThrow('the change failed');
  expect(await count()).toBe(before);
});

it.each(['x', '1', '12_', '_1', '1_2_3'])('refuses the cursor %j', async (cursor) => {
  expect(await codeOf(listAudit(chat.ctx, await chat.operator('Ada', 'ADMIN'), { cursor }))).toBe('invalid_request');
});
