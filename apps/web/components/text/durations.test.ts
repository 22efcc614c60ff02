import { expect, it } from 'vitest';

import { english } from '../../testing/english.ts';
import * as durations from './durations.ts';

const NOW = Date.parse('2026-03-10T12:00:00.000Z');
const elapsed = (since: string, now: number) => durations.elapsed(since, now, english('duration'));
const ago = (since: string, now: number) => durations.ago(since, now, english('duration'));
const before = (seconds: number) => new Date(NOW - seconds * 1_000).toISOString();

it('a duration has whole units, at most two', () => {
  expect([-30, 0, 59].map((seconds) => elapsed(before(seconds), NOW))).toEqual(['now', 'now', 'now']);
  expect([60, 119, 3_599].map((seconds) => elapsed(before(seconds), NOW))).toEqual(['1 min', '1 min', '59 min']);
  expect([3_600, 7_500, 86_399].map((seconds) => elapsed(before(seconds), NOW))).toEqual(['1 h', '2 h 5 min', '23 h 59 min']);
  expect([86_400, 417_600].map((seconds) => elapsed(before(seconds), NOW))).toEqual(['1 d', '4 d 20 h']);
});

it('an invalid time counts as now', () => {
  expect(elapsed('soon', NOW)).toBe('now');
});

it('a duration fits into a sentence', () => {
  expect([ago(before(10), NOW), ago(before(180), NOW)]).toEqual(['just now', '3 min ago']);
});
