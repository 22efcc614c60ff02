/** The accent where a site gives none: a deep teal. */
export const DEFAULT_COLOR = '#0a7d83';

/** `#rgb` or `#rrggbb` as `#rrggbb`, or the default for anything else: what is in a page's attribute must not break the chat. */
export function readColor(value: string | null | undefined): string {
  const hex = /^#(?:([0-9a-f]{3})|([0-9a-f]{6}))$/i.exec((value ?? '').trim());
  if (hex === null) return DEFAULT_COLOR;
  const [, short = '', long] = hex;
  return `#${long ?? short.replaceAll(/./g, '$&$&')}`.toLowerCase();
}

/** Red, green and blue of `#rrggbb`, 0 to 255. */
function channelsOf(color: string): [number, number, number] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as [number, number, number];
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
function luminance(color: string): number {
  const [red, green, blue] = channelsOf(color).map((value) => {
    const channel = value / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours `#rrggbb`, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [first, second] = [luminance(one), luminance(other)];
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
}

const WHITE = '#ffffff';
const BLACK = '#000000';
/** The ground of the dark theme. */
const DARK = '#151a1e';

/** White where it reads well enough on the colour (4.5), black where it does not: then black does, on every colour there is. */
export function textOn(color: string): string {
  return contrast(color, WHITE) >= 4.5 ? WHITE : BLACK;
}

/** `color` with a share (0 to 1) of another one. */
function blend(color: string, other: string, share: number): string {
  const to = channelsOf(other);
  return channelsOf(color).reduce((hex, from, at) => {
    const channel = Math.round(from + ((to[at] ?? 0) - from) * share);
    return hex + channel.toString(16).padStart(2, '0');
  }, '#');
}

/** The colour, made darker or lighter by no more than it takes for this contrast with every one of the grounds. */
function visibleOn(color: string, grounds: readonly string[], least: number): string {
  for (let share = 0; share <= 1; share += 0.02)
    for (const end of [BLACK, WHITE]) {
      const moved = blend(color, end, share);
      if (grounds.every((ground) => contrast(moved, ground) >= least)) return moved;
    }
  return color;
}

export type Theme = 'light' | 'dark';

/** `ground` and `text` as in `frame/style.css`; `tint`: how much of the site's colour an own bubble has, where that can be read. */
const THEMES = {
  light: { ground: WHITE, text: '#1a2024', tint: 0.13 },
  dark: { ground: DARK, text: '#e8ecee', tint: 0.42 },
} as const;

/** The ring around the launcher: what ground it has the page alone knows, so it can be seen (3 : 1) on a light and on a dark one. */
export function launcherRing(brand: string): string {
  return visibleOn(brand, [WHITE, DARK], 3);
}

/** Colours made from the site's for one theme of the frame. */
export interface BrandColors {
  /** Around what is filled with the site's colour: 3 : 1 on the ground. */
  readonly edge: string;
  /** Focus rings and coloured words: 4.5 : 1 on the ground. */
  readonly action: string;
  /** The visitor's own bubbles: 1.15 : 1 on the ground, and the text on them 4.5 : 1. */
  readonly own: string;
}

/** @param brand `#rrggbb`, whatever a site has chosen */
export function brandColors(brand: string, theme: Theme): BrandColors {
  const { ground, text, tint } = THEMES[theme];
  const edge = visibleOn(brand, [ground], 3);
  const shares = Array.from({ length: 101 }, (_, percent) => percent / 100).toSorted(
    (one, other) => Math.abs(one - tint) - Math.abs(other - tint),
  );
  const tints = shares.map((share) => blend(ground, edge, share));
  return {
    edge,
    action: visibleOn(brand, [ground], 4.5),
    own: tints.find((own) => contrast(own, ground) >= 1.15 && contrast(own, text) >= 4.5) ?? ground,
  };
}
