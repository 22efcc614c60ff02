import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { blocksOf, textBlocks } from './text-blocks.ts';

const blocks = (text: string) => textBlocks(text).map(({ kind, parts }) => [kind, parts.map((part) => part.text).join('')]);

it('leaves a message without code or emoji unchanged', () => {
  for (const text of [
    'Hi',
    '',
    '\n\n  two spaces\n- a list\n1. **bold** _it_ # no heading\n> no quote',
    'a `word` in backticks',
    '™ 2026 ©',
    '1234 #',
  ])
    expect(blocks(text)).toEqual([['text', text]]);
});

describe('code', () => {
  it('is text between lines of backticks', () => {
    expect(blocks('See:\n```\nnpm start\n  --port 3000\n```\nThanks')).toEqual([
      ['text', 'See:'],
      ['code', 'npm start\n  --port 3000'],
      ['text', 'Thanks'],
    ]);
    expect(blocks('```json\n{"a": 1}\n```')).toEqual([['code', '{"a": 1}']]);
    expect(blocks('```npm start```')).toEqual([['code', 'npm start']]);
    expect(blocks('```\na\n```\n```\nb\n```')).toEqual([
      ['code', 'a'],
      ['code', 'b'],
    ]);
    expect(blocks('```\na\n```\n    b\n    c')).toEqual([
      ['code', 'a'],
      ['code', '    b\n    c'],
    ]);
    expect(blocks('```\r\nfrom Windows\r\n```')).toEqual([['code', 'from Windows\r']]);
  });

  it('is a line that begins with four spaces or a tab', () => {
    expect(blocks('Try this:\n    one\n\ttwo\nand three')).toEqual([
      ['text', 'Try this:'],
      ['code', '    one\n\ttwo'],
      ['text', 'and three'],
    ]);
    expect(blocks('    \n   three')).toEqual([['text', '    \n   three']]);
  });

  it('needs a closing fence; otherwise the opening fence is shown as text', () => {
    for (const text of ['```\nnpm start', 'npm start\n```', '```', '``````', 'a ```b``` c']) expect(blocks(text)).toEqual([['text', text]]);
    expect(blocks('```\n```')).toEqual([['text', '```\n```']]);
  });

  it('contains links', () => {
    expect(textBlocks('```\ncurl https://lamps.example/a\n```')[0]?.parts[1]).toEqual({
      text: 'https://lamps.example/a',
      href: 'https://lamps.example/a',
    });
  });
});

it.each(['👍', '❤️', '👩‍👩‍👧‍👦', '🇳🇴 🇸🇪', '👋🏽', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', '😀😀😀'])('shows %s large when it is alone in its line', (emoji) => {
  expect(blocks(emoji)).toEqual([['emoji', emoji]]);
  expect(blocks(`Thanks\n${emoji}`)).toEqual([
    ['text', 'Thanks'],
    ['emoji', emoji],
  ]);
  expect(blocks(`Thanks ${emoji}`)).toEqual([['text', `Thanks ${emoji}`]]);
});

it('shows a long line of emoji at normal size', () => {
  expect(blocks('😀'.repeat(100))[0]?.[0]).toBe('text');
});

it('shows everything that was typed except fences', () => {
  const line = fc.constantFrom('```', '```js', '```x```', '    code', '\tcode', 'text', '', '👍', '`a`', ' ```');
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
      const shown = blocks(lines.join('\n'))
        .map(([, text]) => text)
        .join('\n')
        .split('\n')
        .filter((text) => !text.startsWith('```') && text !== 'x');
      expect(shown).toEqual(lines.filter((text) => !text.startsWith('```')));
    }),
  );
});

it('splits each message once, however often it is rendered', () => {
  const body = { type: 'text', text: '```\na\n```' } as const;
  expect(blocksOf(body)).toBe(blocksOf(body));
  expect(blocksOf({ type: 'image', image: null, text: null })).toEqual([{ kind: 'text', parts: [] }]);
});

it('limits the number of blocks and links of one message', () => {
  expect(textBlocks('👍\na\n'.repeat(2_000))).toHaveLength(1);
  const links = textBlocks(`${'https://a.b '.repeat(40)}\n    ${'https://a.b '.repeat(40)}\n`.repeat(5)).flatMap(({ parts }) =>
    parts.filter(({ href }) => href !== undefined),
  );
  expect(links).toHaveLength(100);
});

it('reads each line a bounded number of times, however many fences are not closed', () => {
  const texts = ['```\n'.repeat(2_500), '```a\n'.repeat(2_000), `${'```a\n'.repeat(1_900)}\`\`\``, '```\n```a\n'.repeat(1_000)];
  for (const text of texts) {
    const looks = (['startsWith', 'endsWith', 'includes', 'trimEnd', 'slice'] as const).map((name) => vi.spyOn(String.prototype, name));
    textBlocks(text);
    const looked = looks.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    vi.restoreAllMocks();
    expect(looked).toBeLessThanOrEqual(15 * text.split('\n').length);
  }
});
