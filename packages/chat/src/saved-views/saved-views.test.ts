import { MAX_SAVED_VIEWS, type SavedView } from '@switchboard/protocol';
import { beforeEach, expect, it } from 'vitest';

import type { OperatorActor } from '../actor.ts';
import { chatFixture, codeOf } from '../testing/chat-fixture.ts';
import { changeSavedView } from './change-saved-view.ts';
import { createSavedView } from './create-saved-view.ts';
import { listSavedViews } from './list-saved-views.ts';
import { removeSavedView } from './remove-saved-view.ts';

const chat = chatFixture();
let ana: OperatorActor;
let ben: OperatorActor;
beforeEach(async () => {
  [ana, ben] = [await chat.operator('Ana'), await chat.operator('Ben')];
});

const OPEN = { view: 'open' } as const;
const create = async (operator: OperatorActor, name: string, filters: SavedView['filters'] = OPEN) =>
  await createSavedView(chat.ctx, operator, { name, filters });
const conflictOf = async (promise: Promise<unknown>) =>
  await promise.then(
    () => 'resolved',
    (error: { detail?: { reason?: string; current?: unknown } }) => error.detail,
  );

it('operators have saved views of their own, by name', async () => {
  const filters = { view: 'team', team: 3, tag: 4, unread: true } as const;
  const [second, first] = [await create(ana, 'VIPs'), await create(ana, 'Orders', filters)];
  await create(ben, 'VIPs');
  expect(await listSavedViews(chat.ctx, ana)).toEqual([
    { id: first.id, name: 'Orders', filters, version: 1 },
    { id: second.id, name: 'VIPs', filters: OPEN, version: 1 },
  ]);
  expect(await codeOf(changeSavedView(chat.ctx, ben, { id: first.id, name: 'Mine', expected: { version: 1 } }))).toBe('not_found');
  expect(await codeOf(removeSavedView(chat.ctx, ben, first.id))).toBe('not_found');
  await removeSavedView(chat.ctx, ana, first.id);
  expect(await listSavedViews(chat.ctx, ana)).toMatchObject([{ id: second.id }]);
  for (const id of [first.id, 0, 9_999_999_999]) expect(await codeOf(removeSavedView(chat.ctx, ana, id))).toBe('not_found');
});

it('a name is used once; repeating the request answers the same view', async () => {
  const view = await create(ana, 'VIPs');
  expect(await create(ana, 'VIPs')).toEqual(view);
  expect(await conflictOf(create(ana, 'VIPs', { view: 'done' }))).toMatchObject({ reason: 'saved_view_name_taken', current: view });
  const other = await create(ana, 'Others');
  const renamed = changeSavedView(chat.ctx, ana, { id: other.id, name: 'VIPs', expected: { version: 1 } });
  expect(await conflictOf(renamed)).toMatchObject({ reason: 'saved_view_name_taken', current: view });
  expect(await listSavedViews(chat.ctx, ana)).toEqual([other, view]);
});

it('of two changes of the same version one is made, and repeating it changes nothing', async () => {
  const { id } = await create(ana, 'VIPs');
  const change = async (name: string) => await changeSavedView(chat.ctx, ana, { id, name, expected: { version: 1 } });
  const results = await Promise.all(['One', 'Two'].map(async (name) => await conflictOf(change(name))));
  const [now] = await listSavedViews(chat.ctx, ana);
  expect(results).toEqual(expect.arrayContaining(['resolved', expect.objectContaining({ reason: 'saved_view_changed', current: now })]));
  expect(await change(now?.name ?? '')).toEqual({ id, name: now?.name, filters: OPEN, version: 2 });
  const filters = { view: 'mentions' } as const;
  expect(await changeSavedView(chat.ctx, ana, { id, filters, expected: { version: 2 } })).toEqual({ ...now, filters, version: 3 });
});

it('the number of saved views is limited, also when they are created at the same time', async () => {
  const created = Array.from({ length: MAX_SAVED_VIEWS + 5 }, async (_, index) => await codeOf(create(ana, `View ${index}`)));
  const results = await Promise.all(created);
  expect(results.filter((result) => result === 'conflict')).toHaveLength(5);
  expect(await listSavedViews(chat.ctx, ana)).toHaveLength(MAX_SAVED_VIEWS);
});

it('a view with filters that this version does not know is left out', async () => {
  const data = { userId: ana.userId, name: 'From the future', filters: { view: 'starred' } };
  const { id } = await chat.db.prisma.savedView.create({ data });
  expect(await listSavedViews(chat.ctx, ana)).toEqual([]);
  expect(await codeOf(changeSavedView(chat.ctx, ana, { id, name: 'x', expected: { version: 1 } }))).toBe('not_found');
});
