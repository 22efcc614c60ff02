import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { withoutMarkup } from './markup.ts';

describe('a text without its markup', () => {
  it.each([
    ['what people write stays', 'Tom & Jerry, 2 > 1? "yes", it\'s ü 漢 🙂', 'Tom & Jerry, 2 &gt; 1? "yes", it\'s ü 漢 🙂'],
    ['tags go, their text stays', 'a <b>bold</b> <a href="javascript:x()">link</a>', 'a bold link'],
    ['scripts go with what is in them', 'a<script>alert(1)</script>b<style>*{}</style>', 'ab'],
    ['scripts go in any writing', 'a<ScRiPt x="</script>">alert(1)</SCRIPT >b', 'ab'],
    ['scripts that never end go to the end', 'a<script>alert(1)</scriptx>b', 'a'],
    ['handlers go', '<img src=x onerror=alert(1)>Hi', 'Hi'],
    ['drawings go', '<svg><animate onbegin=alert(1)></svg>Hi', 'Hi'],
    ['comments go', 'a<!-- <b> > -->b<!doctype html>c<?php x ?>d', 'abcd'],
    ['a quoted value may hold the end of a tag', '<a title="x>y" href=\'>\'>text</a>', 'text'],
    ['a quote that opens no value does not', "it's <b class=x'>bold</b>", "it's bold"],
    ['what was written out stays written out', '&lt;img src=x onerror=alert(1)&gt;', '&lt;img src=x onerror=alert(1)&gt;'],
    ['twice written out, too', '&amp;lt;script&amp;gt;', '&lt;script&gt;'],
    ['half a tag is none', 'a <img src=x onerror=alert(1) ', 'a '],
    ['a smaller-than sign that is no tag is written out', '1 < 2 <3 <- <', '1 &lt; 2 &lt;3 &lt;- &lt;'],
    ['tags in tags', '<<b>script>alert(1)<</b>/script>', '&lt;script&gt;alert(1)&lt;/script&gt;'],
  ])('%s', (_what, text, expected) => {
    expect(withoutMarkup(text)).toBe(expected);
  });

  it('has no bracket, whatever the text is, and is unchanged if the text has none', () => {
    const pieces = fc.constantFrom(
      '<',
      '>',
      '<b',
      '</b>',
      '<!--',
      '-->',
      '<script>',
      '</script>',
      '"',
      "'",
      '=',
      '&',
      '&amp;',
      '&lt;',
      'a',
      ' ',
      '/',
      '\n',
      '<svg/onload=',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(pieces).map((list) => list.join('')),
        ),
        (text) => {
          expect(withoutMarkup(text)).not.toMatch(/[<>]/);
          expect(withoutMarkup(text.replaceAll(/[<>&]/g, ''))).toBe(text.replaceAll(/[<>&]/g, ''));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['<'],
    ['>'],
    ['<b>'],
    ['<b'],
    ['<b a="'],
    ["<b a='x' "],
    ['<!--'],
    ['<script>'],
    ['<script></script>'],
    ['</script'],
    ['<title><'],
    ['<a ='],
    ['&amp;'],
  ])('takes a time that grows no faster than a text of many %j', (piece) => {
    const seconds = (times: number) => {
      const text = piece.repeat(times);
      const best = Array.from({ length: 5 }, () => {
        const began = performance.now();
        withoutMarkup(text);
        return performance.now() - began;
      });
      return Math.min(...best);
    };
    // Thirty-two times the text: a square would take a thousand times as long.
    const ratio = seconds(64_000) / Math.max(0.05, seconds(2_000));
    expect(ratio).toBeLessThan(32 * 8);
  });
});
