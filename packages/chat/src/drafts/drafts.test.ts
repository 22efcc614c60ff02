import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import type { OperatorActor } from '../actor.ts';
import { chatFixture, codeOf, NOW } from '../testing/chat-fixture.ts';
import { listDrafts } from './list-drafts.ts';
import { saveDraft, type NewDraft } from './save-draft.ts';

const chat = chatFixture();
let olga: OperatorActor;
beforeAll(async () => {
  olga = await chat.operator('Olga');
});

const save = async (clientId: number, version: number, text: string, kind: NewDraft['kind'] = 'reply', actor = olga) =>
  await saveDraft(chat.ctx, actor, { clientId, kind, text, version });

describe('a draft', () => {
  it('is replaced by one with a larger version, and by no other', async () => {
    const { clientId } = await chat.visitor();
    const draft = (version: number, text: string) => ({ clientId, kind: 'reply', text, version, updatedAt: NOW.toISOString() });
    expect(await save(clientId, 3, 'Dear')).toEqual({ applied: true, draft: draft(3, 'Dear') });
    expect(await save(clientId, 4, 'Dear Vera')).toEqual({ applied: true, draft: draft(4, 'Dear Vera') });
    for (const late of [3, 4]) expect(await save(clientId, late, 'Dea')).toEqual({ applied: false, draft: draft(4, 'Dear Vera') });
  });

  it('that was removed is not brought back by a late request', async () => {
    const { clientId } = await chat.visitor();
    await save(clientId, 2, 'Dear Vera');
    expect(await save(clientId, 5, '')).toMatchObject({ applied: true, draft: { text: '', version: 5 } });
    expect(await save(clientId, 4, 'Dear Vera!')).toMatchObject({ applied: false, draft: { text: '', version: 5 } });
    expect((await listDrafts(chat.ctx, olga, {})).items.filter((draft) => draft.clientId === clientId)).toEqual([]);
  });

  it('of the largest version wins, in whatever order requests arrive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 8 }), async (versions) => {
        const { clientId } = await chat.visitor();
        await Promise.all(versions.map(async (version) => await save(clientId, version, `text ${version}`)));
        const { draft } = await save(clientId, 1, 'late');
        const largest = Math.max(...versions);
        expect(draft).toMatchObject({ version: largest, text: `text ${largest}` });
      }),
      { numRuns: 15 },
    );
  });

  it('of a reply and of a note in one conversation are two', async () => {
    const { clientId } = await chat.visitor();
    await save(clientId, 1, 'a reply');
    await save(clientId, 1, 'a note', 'note');
    const { items } = await listDrafts(chat.ctx, olga, {});
    expect(items.filter((draft) => draft.clientId === clientId).map(({ text }) => text)).toEqual(['a reply', 'a note']);
  });

  it('needs a conversation', async () => {
    for (const clientId of [0, 99_999_999, 2 ** 40]) expect(await codeOf(save(clientId, 1, 'x'))).toBe('not_found');
  });
});

it('nobody sees the drafts of another operator, administrators neither', async () => {
  const { clientId } = await chat.visitor();
  const [pia, ada] = [await chat.operator('Pia'), await chat.operator('Ada', 'ADMIN')];
  await save(clientId, 7, 'of Olga');
  for (const actor of [pia, ada]) {
    expect((await listDrafts(chat.ctx, actor, {})).items).toEqual([]);
    // Saving one’s own answers nothing of Olga’s, and changes nothing of it.
    expect(await save(clientId, 1, 'of another', 'reply', actor)).toMatchObject({ applied: true, draft: { text: 'of another' } });
  }
  expect(await save(clientId, 1, 'late')).toMatchObject({ draft: { text: 'of Olga', version: 7 } });
});

it('a draft in a conversation that the operator no longer sees is neither listed nor changed', async () => {
  const { prisma } = chat.db;
  const { clientId } = await chat.visitor();
  const pia = await chat.operator('Pia');
  await save(clientId, 1, 'mine', 'reply', pia);
  const { id: teamId } = await prisma.team.create({ data: { name: 'Returns' } });
  await prisma.client.update({ where: { id: clientId }, data: { teamId } });
  expect((await listDrafts(chat.ctx, pia, {})).items).toEqual([]);
  expect(await codeOf(save(clientId, 2, 'mine', 'reply', pia))).toBe('not_found');
});

it('drafts are listed newest first, in pages', async () => {
  const pia = await chat.operator('Pia');
  const visitors = await Promise.all(Array.from({ length: 4 }, async () => await chat.visitor()));
  for (const [index, { clientId }] of visitors.entries()) {
    // Two of them at the same time.
    chat.now = new Date(NOW.getTime() + Math.floor(index / 2));
    await save(clientId, 1, `text ${index}`, 'reply', pia);
    await save(clientId, 1, `note ${index}`, 'note', pia);
  }
  chat.now = NOW;
  const seen: string[] = [];
  for (let cursor: string | undefined; ;) {
    const { items, nextCursor } = await listDrafts(chat.ctx, pia, { limit: 3, cursor });
    seen.push(...items.map(({ text }) => text));
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  expect(seen).toHaveLength(8);
  expect(new Set(seen).size).toBe(8);
  expect(new Set(seen.slice(0, 4))).toEqual(new Set(['text 2', 'note 2', 'text 3', 'note 3']));
  for (const cursor of ['', 'x', '1_2_draft', '1_2']) expect(await codeOf(listDrafts(chat.ctx, pia, { cursor }))).toBe('invalid_request');
});
