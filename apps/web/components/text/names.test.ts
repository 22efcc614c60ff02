import { expect, it } from 'vitest';

import { english } from '../../testing/english.ts';
import { displayName, firstName, rowName } from './names.ts';

it('a visitor without a visible name is called by number', () => {
  expect(displayName(' Ana Example ', 7, english('visitor'))).toBe('Ana Example');
  expect(displayName('<b>Kim</b>', 7, english('visitor'))).toBe('<b>Kim</b>');
  for (const blank of ['', '   ', '\u200B\u2060', '\u202E', '\u3164']) expect(displayName(blank, 7, english('visitor'))).toBe('Visitor 7');
});

it('a row’s name has unread count and waiting time only if there are any', () => {
  expect(rowName('Ana', 0, null, english('row'))).toBe('Ana');
  expect(rowName('Ana', 1, null, english('row'))).toBe('Ana, 1 unread');
  expect(rowName('Ana', 0, '51 min', english('row'))).toBe('Ana, waiting 51 min');
  expect(rowName('Ana', 250, '2 h', english('row'))).toBe('Ana, 250 unread, waiting 2 h');
});

it('shortens names', () => {
  expect(firstName('Maya Lindqvist')).toBe('Maya');
});

it.each([
  ['Maya Lindqvist', 'Maya'],
  [' Maya ', 'Maya'],
  ['Silva, Ana Maria', 'Ana'],
  ['Silva,', 'Silva'],
  ['Нина Петрова', 'Нина'],
  ['محمد علي', 'محمد'],
  ['山田太郎', '山田太郎'],
  ['山田　太郎', '山田　太郎'],
  ['김 민준', '김 민준'],
  ['ジョン・レノン', 'ジョン・レノン'],
  ['', ''],
])('calls %s %s where there is little room', (name, short) => {
  expect(firstName(name)).toBe(short);
});
