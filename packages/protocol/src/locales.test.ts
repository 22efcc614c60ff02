import { describe, expect, it } from 'vitest';

import { bestLocale, directionOf } from './locales.ts';

describe('the language of the user interface', () => {
  it.each([
    [['de'], 'de'],
    [['de-AT', 'en'], 'de'],
    [['DE_ch'], 'de'],
    [['fr', 'de-DE', 'en'], 'de'],
    [['en-US', 'de'], 'en'],
    [['fr', 'ja'], 'en'],
    [['den', 'constructor', '*', ''], 'en'],
    [[], 'en'],
  ])('is for %j %s', (wanted, expected) => {
    expect(bestLocale(wanted)).toBe(expected);
  });
});

describe('the direction of a language', () => {
  it.each(['ar', 'ar-EG', 'he', 'iw-IL', 'fa', 'ur-PK', 'ckb', 'pa-Arab-PK', 'AR'])('%s is written from right to left', (locale) => {
    expect(directionOf(locale)).toBe('rtl');
  });
  it.each(['en', 'de', 'arn', 'fr', 'hebrew', 'az-Latn', 'ug-Latn', 'pa-Guru', ''])('%s is written from left to right', (locale) => {
    expect(directionOf(locale)).toBe('ltr');
  });
});
