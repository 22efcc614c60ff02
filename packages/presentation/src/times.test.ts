import { expect, it } from 'vitest';

import { createTimes, formatLocale } from './times.ts';

const times = createTimes('en-GB', 'Europe/Oslo');
const now = new Date('2026-11-23T09:00:00.000Z');

it('formats recent times as short as possible', () => {
  expect(times.short('2026-11-23T08:05:00.000Z', now)).toBe('09:05');
  expect(times.short('2026-11-22T22:30:00.000Z', now)).toBe('Yesterday');
  expect(times.short('2026-11-19T10:00:00.000Z', now)).toBe('Thursday');
  expect(times.short('2026-11-16T10:00:00.000Z', now)).toBe('16 Nov');
  expect(times.short('2025-11-30T10:00:00.000Z', now)).toBe('30 Nov 2025');
});

it('formats the hour by the locale', () => {
  expect(createTimes('en-US', 'Europe/Oslo').clock('2026-11-23T08:05:00.000Z')).toMatch(/^9:05\sAM$/u);
  expect(createTimes('nb-NO', 'Europe/Oslo').clock('2026-11-23T08:05:00.000Z')).toBe('09:05');
});

it('counts calendar days of the time zone, not periods of 24 hours', () => {
  expect(times.short('2026-11-22T23:30:00.000Z', now)).toBe('00:30');
  expect(times.day('2026-11-22T22:59:59.999Z', now)).toBe('Yesterday');
  // Daylight saving time ended between these two.
  expect(times.day('2026-10-24T21:00:00.000Z', new Date('2026-10-25T22:30:00.000Z'))).toBe('Yesterday');
});

it('formats a time slightly in the future as today', () => {
  expect(times.short('2026-11-23T09:00:02.000Z', now)).toBe('10:00');
  expect(times.day('2026-11-24T00:00:00.000Z', now)).toBe('Today');
});

it('formats headings of days', () => {
  expect(times.day('2026-11-20T10:00:00.000Z', now)).toMatch(/^Friday,? 20 November$/);
  expect(times.day('2025-11-20T10:00:00.000Z', now)).toMatch(/^Thursday,? 20 November 2025$/);
});

it('formats an invalid time as an empty string', () => {
  expect(times.short('soon', now)).toBe('');
  expect(times.clock('')).toBe('');
});

it('formats times in the language of the texts, with the clock of the browser’s locale', () => {
  const at = '2025-11-20T18:05:00.000Z';
  const shown = (own: string) => {
    const here = createTimes(formatLocale('en', own), 'Europe/Oslo');
    return [here.short(at, now), here.clock(at)];
  };
  expect(shown('de-DE')).toEqual(['20 Nov 2025', '19:05']);
  expect(shown('fr')).toEqual(['20 Nov 2025', '19:05']);
  expect(shown('en-US')).toEqual(['Nov 20, 2025', expect.stringMatching(/^7:05\sPM$/u)]);
  expect(shown('en-GB')).toEqual(['20 Nov 2025', '19:05']);
  // No letters or digits of another script in English texts.
  for (const own of ['ar-EG', 'hi-IN', 'ja-JP', 'th-TH-u-ca-buddhist', 'fa-IR'])
    expect(shown(own).join(' ')).toMatch(/^20 Nov 2025 (19:05|7:05\spm)$/u);
});

it('formats today and yesterday in the language of the locale', () => {
  const german = createTimes(formatLocale('de', 'en-US'), 'Europe/Oslo');
  expect(german.short('2026-11-22T22:30:00.000Z', now)).toBe('Gestern');
  expect(german.day('2026-11-23T08:05:00.000Z', now)).toBe('Heute');
  expect(german.short('2026-11-19T10:00:00.000Z', now)).toBe('Donnerstag');
  expect(german.day('2026-11-20T10:00:00.000Z', now)).toBe('Freitag, 20. November');
  expect(createTimes(formatLocale('de', 'de-AT'), 'Europe/Oslo').short('2026-01-16T10:00:00.000Z', now)).toBe('16. Jän.');
});
