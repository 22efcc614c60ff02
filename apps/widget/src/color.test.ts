import { readFileSync } from 'node:fs';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { brandColors, contrast, launcherRing, readColor, textOn, type Theme } from './color.ts';

describe('readColor', () => {
  it.each([
    ['#0a7d83', '#0a7d83'],
    [' #ABC ', '#aabbcc'],
  ])('reads %s', (value, color) => {
    expect(readColor(value, '#123456')).toBe(color);
  });

  it.each([undefined, '', 'red', '#12345', '#0a7d83;background:url(//evil)', '}*{display:none'])('takes the other one for %s', (value) => {
    expect(readColor(value, '#123456')).toBe('#123456');
  });
});

describe('textOn', () => {
  it('measures contrast as WCAG does', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 1);
  });

  it('is readable on every color that a site may choose', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
        const color = `#${value.toString(16).padStart(6, '0')}`;
        expect(contrast(color, textOn(color))).toBeGreaterThanOrEqual(4.5);
      }),
    );
  });
});

/** The frame's own colors, from its style. */
const style = readFileSync(new URL('frame/style.css', import.meta.url), 'utf8');
const [lightStyle = '', darkStyle = ''] = style.split('@media (prefers-color-scheme: dark)');

/** The value of a property written as `oklch(lightness chroma hue)`, as `#rrggbb`. */
function colorIn(css: string, property: string): string {
  const [, lightness, chroma, hue] = new RegExp(String.raw`--${property}: oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)`).exec(css) ?? [];
  const [l, c, angle] = [Number(lightness), Number(chroma), (Number(hue) * Math.PI) / 180] as const;
  const [a, b] = [c * Math.cos(angle), c * Math.sin(angle)] as const;
  const long = (l + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (l - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (l - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const linear = [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
  const channels = linear.map((value) => {
    const channel = value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(255 * Math.min(1, Math.max(0, channel)))
      .toString(16)
      .padStart(2, '0');
  });
  return `#${channels.join('')}`;
}

const THEMES: Record<Theme, { ground: string; text: string }> = {
  light: { ground: colorIn(lightStyle, 'ground'), text: colorIn(lightStyle, 'text') },
  dark: { ground: colorIn(darkStyle, 'ground'), text: colorIn(darkStyle, 'text') },
};

const BRANDS = [
  ['#ffffff', '#f5f5f5', '#fffbe6', '#ffe45c', '#ffd400', '#ff9800', '#ff5722', '#e53935'],
  ['#d500f9', '#8e24aa', '#4a148c', '#1a1a2e', '#0d47a1', '#2196f3', '#81d4fa', '#00e5ff'],
  ['#0a7d83', '#00c853', '#7ed957', '#1b5e20', '#795548', '#9e9e9e', '#424242', '#000000'],
].flat();

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const { ground, text } = THEMES[theme];

  it.each(BRANDS)('colors derived from %s have enough contrast', (brand) => {
    const { edge, action, own } = brandColors(brand, theme);
    expect(contrast(edge, ground)).toBeGreaterThanOrEqual(3);
    expect(contrast(action, ground)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(own, ground)).toBeGreaterThanOrEqual(1.15);
    expect(contrast(own, text)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(launcherRing(brand), ground)).toBeGreaterThanOrEqual(3);
  });

  it('so have colors derived from any other color', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
        const brand = `#${value.toString(16).padStart(6, '0')}`;
        const { edge, action, own } = brandColors(brand, theme);
        expect(Math.min(contrast(edge, ground), contrast(launcherRing(brand), ground))).toBeGreaterThanOrEqual(3);
        expect(Math.min(contrast(action, ground), contrast(own, text))).toBeGreaterThanOrEqual(4.5);
        expect(contrast(own, ground)).toBeGreaterThanOrEqual(1.15);
      }),
    );
  });

  it('a color with enough contrast is not changed', () => {
    expect(brandColors('#0a7d83', theme).edge).toBe('#0a7d83');
  });
});
