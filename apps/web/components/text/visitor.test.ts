import { expect, it } from 'vitest';

import { english } from '../../testing/english.ts';
import { browserOf, languageOf } from './visitor.ts';

it.each([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
    'Chrome 140 on Windows',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
    'Edge 140 on Windows',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
    'Safari 18 on iPhone',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0 Mobile/15E148 Safari/604.1',
    'Chrome 141 on iPhone',
  ],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:144.0) Gecko/20100101 Firefox/144.0', 'Firefox 144 on Mac'],
  [
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
    'Samsung Internet 28 on Android',
  ],
  ['curl/8.5.0', undefined],
  ['Chrome/', 'Chrome'],
  ['', undefined],
])('finds the browser and the system in %s', (userAgent, expected) => {
  expect(browserOf(userAgent, english('details'))).toBe(expected);
});

it('names languages in the language of the console, and nothing for invalid tags', () => {
  expect(languageOf('de', 'de')).toBe('Deutsch');
  expect(languageOf('de', 'en')).toBe('German');
  expect(languageOf('ar-AE', 'en')).toContain('Arabic');
  for (const none of ['', 'x', 'not a locale', '<b>', '12']) expect(languageOf(none, 'en'), none).toBeUndefined();
});
