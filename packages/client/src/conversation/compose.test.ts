import { expect, it } from 'vitest';

import { createTab } from '../testing/fake-effects.ts';
import { cleanText, NewEntries } from './compose.ts';

it('removes NUL characters, which the database does not accept, instead of refusing the text', () => {
  expect(cleanText('pasted\u0000 from a terminal\u0000')).toBe('pasted from a terminal');
  expect(() => cleanText('\u0000 \u0000')).toThrow('The message is empty.');
});

it('gives a message a later time only while no newer message exists, stored or not', () => {
  const made = new NewEntries({
    clientId: 1,
    sessionId: null,
    side: { kind: 'client' },
    clock: { now: () => 1_000, observe: () => undefined },
    effects: createTab(),
    maxImageBytes: undefined,
  });
  const at = (ms: number) => new Date(ms).toISOString();
  const first = made.text('one', undefined);
  expect(made.allowsTime(first, at(5_000))).toBe(true);
  const second = made.text('two', undefined);
  expect(second.createdAt > at(5_000)).toBe(true);
  const third = made.text('three', undefined);
  expect(made.allowsTime(second, at(9_000))).toBe(false);
  expect(made.allowsTime(third, at(9_000))).toBe(true);
});
