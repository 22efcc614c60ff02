import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { contrast, DEFAULT_COLOR, readColor, textOn } from './color.ts';

describe('readColor', () => {
  it.each([
    ['#0a7d83', '#0a7d83'],
    [' #ABC ', '#aabbcc'],
  ])('reads %s', (value, color) => {
    expect(readColor(value)).toBe(color);
  });

  it.each([null, undefined, '', 'red', '#12345', '#0a7d83;background:url(//evil)', '}*{display:none'])(
    'takes the default for %s',
    (value) => {
      expect(readColor(value)).toBe(DEFAULT_COLOR);
    },
  );
});

describe('textOn', () => {
  it('measures contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 1);
  });

  it('can be read on every colour that a site may choose', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
        const color = `#${value.toString(16).padStart(6, '0')}`;
        expect(contrast(color, textOn(color))).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });
});
