import fc from 'fast-check';
import { expect, it } from 'vitest';

import { linkParts } from './links.ts';

const hrefs = (text: string) => linkParts(text).flatMap(({ href }) => (href === undefined ? [] : [href]));

it('finds web and mail addresses and leaves the punctuation of the sentence outside', () => {
  expect(linkParts('See https://lamps.example/a?b=1#c, or write to ana@lamps.example.')).toEqual([
    { text: 'See ' },
    { text: 'https://lamps.example/a?b=1#c', href: 'https://lamps.example/a?b=1#c' },
    { text: ', or write to ' },
    { text: 'ana@lamps.example', href: 'mailto:ana@lamps.example' },
    { text: '.' },
  ]);
  expect(hrefs('www.lamps.example')).toEqual(['https://www.lamps.example/']);
  expect(hrefs('(https://lamps.example/Lamp_(light))')).toEqual(['https://lamps.example/Lamp_(light)']);
  expect(hrefs('MAILTO:ana@lamps.example HTTPS://LAMPS.EXAMPLE')).toEqual(['mailto:ana@lamps.example', 'https://lamps.example/']);
});

it.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(document.cookie)',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'file:///etc/passwd',
  'https:javascript:alert(1)',
  'http://',
  'https://user:password@evil.example/',
  'https://bank.example@evil.example/login',
  '<a href="javascript:alert(1)">x</a>',
  '<img src=x onerror="document.title=\'owned\'">',
  'mailto:nobody',
  'www.',
])('makes no link of %s', (text) => {
  expect(hrefs(text)).toEqual([]);
});

it('does not take a quote or a bracket of markup into an address', () => {
  expect(hrefs('<a href="https://lamps.example" onclick="x">')).toEqual(['https://lamps.example/']);
});

it('keeps every character and lets no other scheme out, whatever the text', () => {
  const scheme = fc.constantFrom('https://', 'http://', 'www.', 'mailto:', 'javascript:', 'data:', '@', '.', '/', '\\', '\u202E', ' ', '"');
  const texts = fc
    .array(fc.oneof(scheme, fc.string({ unit: 'binary', maxLength: 8 }), fc.domain()), { maxLength: 8 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(texts, (text) => {
      const parts = linkParts(text);
      expect(parts.map((part) => part.text).join('')).toBe(text);
      for (const { href } of parts) expect(href ?? 'https:').toMatch(/^(https?|mailto):/);
    }),
    { numRuns: 2_000 },
  );
});
