import { expect, it } from 'vitest';

import { summaryOf } from '../../testing/fake-chat.ts';
import { hold } from './use-held-order.ts';

const row = (clientId: number, minute: number) =>
  summaryOf({ clientId, username: `Visitor ${clientId}`, lastActivityAt: new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString() });
const nobody = () => undefined;
const ids = (rows: readonly { readonly clientId: number }[]) => rows.map(({ clientId }) => clientId);

it('keeps every row in its place with current content, and counts rows that arrived or moved up', () => {
  const shown = [row(1, 30), row(2, 20), row(3, 10)];
  const held = hold(shown, [row(4, 40), row(3, 35), row(1, 30), row(2, 20)], nobody);
  expect(ids(held.rows)).toEqual([1, 2, 3]);
  expect(held.rows[2]?.lastActivityAt).toBe(row(3, 35).lastActivityAt);
  expect(held.news).toBe(2);
});

it('does not count rows that others have passed', () => {
  const shown = [row(1, 30), row(2, 20), row(3, 10)];
  // The first was answered and moved to the end.
  const held = hold(shown, [row(2, 20), row(3, 10), row(1, 41)], nobody);
  expect(ids(held.rows)).toEqual([1, 2, 3]);
  expect(held.news).toBe(0);
});

it('keeps rows that have left the list with current content, and appends new ones at the end', () => {
  const shown = [row(1, 30), row(2, 20)];
  const done = { ...row(1, 30), doneAt: row(1, 42).lastActivityAt };
  const held = hold(shown, [row(2, 20), row(5, 5)], (clientId) => (clientId === 1 ? done : undefined));
  expect(held).toEqual({ rows: [done, row(2, 20), row(5, 5)], news: 0 });
});
