import { expect, it } from 'vitest';

import { acceptedLanguages } from './locale.ts';

it.each([
  ['de-DE,de;q=0.9,en;q=0.8', ['de-DE', 'de', 'en']],
  ['en;q=0.2, de ; q=0.7, fr', ['fr', 'de', 'en']],
  ['en;q=0, de', ['de']],
  ['de;q=often, en', ['en']],
  [null, ['']],
])('orders the languages of %j by preference', (header, expected) => {
  expect(acceptedLanguages(header)).toEqual(expected);
});
