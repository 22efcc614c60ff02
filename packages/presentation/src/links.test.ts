import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { linkParts } from './links.ts';

const hrefs = (text: string) => linkParts(text).flatMap(({ href }) => (href === undefined ? [] : [href]));

it('finds web and mail addresses without the punctuation of the sentence', () => {
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

it('ends an address at a quote or angle bracket of markup', () => {
  expect(hrefs('<a href="https://lamps.example" onclick="x">')).toEqual(['https://lamps.example/']);
});

it.each([
  // The expected addresses, and a text that contains exactly these links.
  ['https://lamps.example/c', 'これを見て：https://lamps.example/c。'],
  ['https://lamps.example/help', '请看https://lamps.example/help，谢谢。'],
  ['https://lamps.example/a https://lamps.example/b', '（https://lamps.example/a）和「https://lamps.example/b」。'],
  ['https://lamps.example/a https://lamps.example/b', '《https://lamps.example/a》【https://lamps.example/b】！'],
  ['https://lamps.example/q?x=1', 'https://lamps.example/q?x=1？'],
  ['https://lamps.example/e', '“https://lamps.example/e”'],
  ['https://lamps.example/e', '他说“https://lamps.example/e”和别的'],
  ['https://lamps.example/e', '‘https://lamps.example/e’和'],
  ['https://lamps.example/f', '„https://lamps.example/f“, sagte sie'],
  ['https://lamps.example/f', '„https://lamps.example/f”.'],
  ['https://lamps.example/f', '‚https://lamps.example/f‘'],
  ['https://lamps.example/f', '»https://lamps.example/f«'],
  ['https://lamps.example/f', '«https://lamps.example/f»'],
  ['https://lamps.example/f', '‹https://lamps.example/f›'],
  ['https://lamps.example/f', '”https://lamps.example/f”'],
  ['https://lamps.example/f', '〝https://lamps.example/f〟'],
  ['https://lamps.example/f', '״https://lamps.example/f״.'],
  ['https://lamps.example/g', 'انظر https://lamps.example/g، شكرا'],
  ['https://lamps.example/g', 'https://lamps.example/g؛'],
  ['https://lamps.example/g', 'هل هو https://lamps.example/g؟'],
  ['https://lamps.example/g', 'https://lamps.example/g۔'],
  ['https://lamps.example/h', 'देखें https://lamps.example/h।'],
  ['https://lamps.example/h', 'https://lamps.example/h።'],
  ['https://lamps.example/h', 'https://lamps.example/h។'],
  ['https://lamps.example/i', '¿Has visto https://lamps.example/i?'],
  ['https://lamps.example/i', 'It is here—https://lamps.example/i— as I said'],
  ['https://www.lamps.example/', 'www.lamps.exampleで見られます'],
  ['https://lamps.example/', 'https://lamps.exampleです。'],
  ['mailto:ana@lamps.example', '连接：ana@lamps.example。'],
  ['mailto:ana@lamps.example', '「ana@lamps.example」へ'],
  ['mailto:ana@lamps.example', 'mailto:ana@lamps.example）'],
])('finds %s where no space sets it apart: %s', (addresses, text) => {
  expect(hrefs(text).join(' ')).toBe(addresses);
  expect(
    linkParts(text)
      .map((part) => part.text)
      .join(''),
  ).toBe(text);
});

it.each([
  'https://ja.wikipedia.org/wiki/東京',
  'https://ja.wikipedia.org/wiki/ジョン・レノン',
  'https://ar.wikipedia.org/wiki/القاهرة',
  'https://ru.wikipedia.org/wiki/Лампа_(значения)',
  'https://fr.wikipedia.org/wiki/L’Île-d’Yeu',
  'https://th.wikipedia.org/wiki/กรุงเทพฯ',
  'https://hi.wikipedia.org/wiki/डॉ॰_अम्बेडकर',
  'https://he.wikipedia.org/wiki/צה״ל',
  'https://ca.wikipedia.org/wiki/Col·lecció',
  'https://münchen.example/straße?für=Öl#ähnlich',
  'https://例え.テスト/道',
  'https://пример.рф',
  'https://lamps.example/JR東日本',
])('keeps an address whole that has letters of another script: %s', (address) => {
  const [before, link, after] = linkParts(`See ${address}, please`);
  expect([before?.text, link?.text, after?.text]).toEqual(['See ', address, ', please']);
});

it('keeps every character and returns no other scheme for any text', () => {
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

describe('the work on a text', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  /** Number of characters that are read or copied while the links of this text are found. */
  function work(text: string): number {
    let steps = 0;
    // oxlint-disable-next-line typescript/unbound-method -- called with its text below
    const { charAt, charCodeAt, slice } = String.prototype;
    vi.spyOn(String.prototype, 'charCodeAt').mockImplementation(function look(this: string, index: number) {
      steps += 1;
      return charCodeAt.call(this, index);
    });
    vi.spyOn(String.prototype, 'charAt').mockImplementation(function look(this: string, index: number) {
      steps += 1;
      return charAt.call(this, index);
    });
    vi.spyOn(String.prototype, 'slice').mockImplementation(function copy(this: string, start?: number, end?: number) {
      const part = slice.call(this, start, end);
      steps += part.length;
      return part;
    });
    // The work of a regular expression can't be counted: none may be given more than one address.
    // oxlint-disable-next-line typescript/unbound-method -- as above
    const { exec } = RegExp.prototype;
    vi.spyOn(RegExp.prototype, 'exec').mockImplementation(function search(this: RegExp, subject: string) {
      steps += subject.length > 2_048 ? Number.POSITIVE_INFINITY : subject.length;
      return exec.call(this, subject);
    });
    linkParts(text);
    vi.restoreAllMocks();
    return steps;
  }

  const punctuation = ['.', '@', '-', '+', '}', ')', '(', '](', ')(', '[{(', '…', '*_~', '!?', ':', '/', '//', ' ', '<', '"', "'"];
  const addresses = [
    'a',
    'a.',
    'a@',
    '@a',
    'a.a@',
    '@a.',
    'a@a.a',
    'w',
    'h',
    'www.',
    'wwww.',
    'https://',
    'http://a',
    'mailto:',
    'mailto:a@',
  ];
  const others = [
    '。',
    '」',
    '”',
    '’',
    '،',
    '・',
    'を',
    'aを',
    '.を',
    '\u200B',
    '\u2060',
    '\u202E',
    '\u0301',
    'a\u0301',
    '😀',
    '👩‍👩‍👧‍👦',
    '\uD800',
    'ß',
    '谢谢。',
    '١',
    'https://x.y/a}',
  ];
  const pieces = punctuation.concat(addresses, others);
  const beginnings = ['', 'https://x.y/', 'https://x.y/(', 'www.x.y', 'mailto:a@b.c', 'a@b.c', '@', 'x '];

  it.each(pieces)('grows linearly for a text of repeated %j', (piece) => {
    for (const beginning of beginnings) {
      const text = (length: number) => (beginning + piece.repeat(Math.ceil(length / piece.length))).slice(0, length);
      const [once, fourfold] = [work(text(2_500)), work(text(10_000))];
      expect(fourfold, `after ${JSON.stringify(beginning)}`).toBeLessThan(once * 5 + 10_000);
      // Ten reads per character are acceptable; a thousand, the cost of a search from every letter, would freeze the page.
      expect(fourfold, `after ${JSON.stringify(beginning)}`).toBeLessThan(20 * 10_000);
    }
  });

  it('grows linearly for a text of any mixture', () => {
    const mixture = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 }).map((chosen) => chosen.join(''));
    fc.assert(
      fc.property(fc.constantFrom(...beginnings), mixture, (beginning, piece) => {
        const text = (beginning + piece.repeat(Math.ceil(10_000 / piece.length))).slice(0, 10_000);
        expect(work(text)).toBeLessThan(20 * text.length);
      }),
      { numRuns: 100 },
    );
  });
});

it('leaves an overlong address as plain text instead of truncating it', () => {
  const address = (length: number) => `https://lamps.example/${'a'.repeat(length - 22)}`;
  expect(hrefs(`${address(2_048)} and on`)).toHaveLength(1);
  expect(hrefs(`${address(2_049)} and on`)).toEqual([]);
});

it('limits the number of links in one message', () => {
  const text = 'https://a.b '.repeat(800);
  expect(hrefs(text)).toHaveLength(100);
  expect(
    linkParts(text)
      .map((part) => part.text)
      .join(''),
  ).toBe(text);
});
