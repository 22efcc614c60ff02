import { expect, it } from 'vitest';

import { badgeCount, displayName, firstName, rowName } from './names.ts';

it('calls a visitor by name, and by number when the name is nothing that can be seen', () => {
  expect(displayName(' Ana Example ', 7)).toBe('Ana Example');
  expect(displayName('<b>Kim</b>', 7)).toBe('<b>Kim</b>');
  for (const blank of ['', '   ', '\u200B\u2060', '\u202E', '\u3164']) expect(displayName(blank, 7)).toBe('Visitor 7');
});

it('names a row with its unread messages only when there are some', () => {
  expect(rowName('Ana', 0)).toBe('Ana');
  expect(rowName('Ana', 1)).toBe('Ana, 1 unread');
  expect(rowName('Ana', 250)).toBe('Ana, 250 unread');
});

it('shortens', () => {
  expect(firstName('Maya Lindqvist')).toBe('Maya');
  expect(badgeCount(99)).toBe('99');
  expect(badgeCount(100)).toBe('99+');
});
