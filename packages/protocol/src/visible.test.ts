import { expect, it } from 'vitest';

import { isVisible, newMessage, peerEvents, startSessionRequest } from './index.ts';

const NOTHING: readonly (readonly [string, string])[] = [
  ['the empty text', ''],
  ['white space of many kinds', ' \t\n\r\u0085\u00A0\u1680\u2003\u2028\u202F\u3000'],
  ['a zero-width space', '\u200B'],
  ['a soft hyphen', '\u00AD'],
  ['the empty Braille pattern', '\u2800'],
  ['a combining grapheme joiner', '\u034F'],
  ['a variation selector', '\uFE0F'],
  ['an object replacement character', '\uFFFC'],
  ['Hangul fillers', '\u3164\uFFA0\u115F\u1160'],
  ['marks of direction', '\u200E\u200F\u061C\u202E\u2066\u2069'],
  ['joiners and a byte order mark', '\u200C\u200D\u2060\uFEFF'],
  ['tags without a flag', '\u{E0067}\u{E0062}\u{E007F}'],
  ['control characters', '\u0001\u001B\u007F'],
  ['a Mongolian vowel separator', '\u180E'],
  ['a notehead that is none', '\u{1D159}'],
  ['many of them', ' \u200B\u2800\u3164'.repeat(2_000)],
];

it.each(NOTHING)('nothing is visible in %s', (_what, text) => {
  expect(isVisible(text)).toBe(false);
  const message = { messageKey: crypto.randomUUID(), messageType: 'TEXT', text };
  expect(newMessage.safeParse(message).success).toBe(false);
  expect(peerEvents.clientMessage.safeParse({ type: 'text', message: text }).success).toBe(false);
  expect(startSessionRequest.safeParse({ username: text }).success).toBe(false);
});

it.each<[string, string]>([
  ['a letter among them', '\u200B\u2800 a \u3164'],
  ['a full stop', '.'],
  ['an emoji of several parts', '👩‍👩‍👧'],
  ['a heart with its variation selector', '❤️'],
  ['a name in Arabic with marks of direction', '\u202Bليلى\u202C'],
  ['Braille', '\u2801'],
  ['a hyphen', '-'],
  ['an Arabic sign of numbers', '\u0600'],
  ['half a character, which is shown as a box', '\uD83D'],
  ['a letter made of two', 'e\u0301'],
])('something is visible in %s', (_what, text) => {
  expect(isVisible(text)).toBe(true);
  const message = { messageKey: crypto.randomUUID(), messageType: 'TEXT', text };
  // It is kept as it was typed.
  expect(newMessage.parse(message).text).toBe(text);
});

it('a picture needs no text', () => {
  const picture = { messageKey: crypto.randomUUID(), messageType: 'IMAGE', imageUrl: '/api/chat/uploads/x', text: '\u200B' };
  expect(newMessage.safeParse(picture).success).toBe(true);
});
