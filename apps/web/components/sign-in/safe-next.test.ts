import { expect, it } from 'vitest';

import { safeNext } from './safe-next.ts';

it('leads to a path of this system', () => {
  expect(safeNext('/?c=5')).toBe('/?c=5');
  expect(safeNext('/settings#sound')).toBe('/settings#sound');
});

it.each([
  null,
  undefined,
  '',
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '/x/..//evil.example',
  'javascript:alert(1)',
  '/sign-in?next=/',
])('does not follow %j', (next) => {
  expect(safeNext(next)).toBe('/');
});
