/** `#rgb` or `#rrggbb` as `#rrggbb`, or `otherwise` for anything else: an invalid attribute must not break the chat. */
export function readColor(value: string | undefined, otherwise: string): string {
  const hex = (value ?? '').trim().toLowerCase();
  if (!/^#([0-9a-f]{3}){1,2}$/.test(hex)) return otherwise;
  return hex.length === 4 ? hex.replaceAll(/\w/g, '$&$&') : hex;
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

/** Contrast of two colors `#rrggbb`, 1 to 21 (WCAG 2.2). */
export function contrast(one: string, other: string): number {
  const [first, second] = [luminance(one), luminance(other)];
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
}

const WHITE = '#ffffff';
const BLACK = '#000000';
/** The background of the dark theme. */
const DARK = '#151a1e';

/** White if its contrast with the color is at least 4.5, otherwise black, which then has at least that contrast. */
export function textOn(color: string): string {
  return contrast(color, WHITE) >= 4.5 ? WHITE : BLACK;
}

/** `color` mixed with a share (0 to 1) of another color. */
function blend(color: string, other: string, share: number): string {
  const to = channelsOf(other);
  return channelsOf(color).reduce((hex, from, at) => {
    const channel = Math.round(from + ((to[at] ?? 0) - from) * share);
    return hex + channel.toString(16).padStart(2, '0');
  }, '#');
}

/** The color, made darker or lighter just enough for this contrast with each of the backgrounds. */
function visibleOn(color: string, grounds: readonly string[], least: number): string {
  for (let share = 0; share <= 1; share += 0.02)
    for (const end of [BLACK, WHITE]) {
      const moved = blend(color, end, share);
      if (grounds.every((ground) => contrast(moved, ground) >= least)) return moved;
    }
  return color;
}

export type Theme = 'light' | 'dark';

/** `ground` (background) and `text` as in `frame/style.css`; `tint`: preferred share of the site's color in the visitor's own bubbles. */
const THEMES = {
  light: { ground: WHITE, text: '#1a2024', tint: 0.13 },
  dark: { ground: DARK, text: '#e8ecee', tint: 0.42 },
} as const;

/** The ring around the launcher. The page's background is unknown, so the ring has a contrast of 3 : 1 with both a light and a dark one. */
export function launcherRing(brand: string): string {
  return visibleOn(brand, [WHITE, DARK], 3);
}

/** Colors derived from the site's color for one theme of the frame. */
export interface BrandColors {
  /** Border of elements filled with the site's color: 3 : 1 with the background. */
  readonly edge: string;
  /** Focus rings and colored text: 4.5 : 1 with the background. */
  readonly action: string;
  /** The visitor's own bubbles: 1.15 : 1 with the background, and 4.5 : 1 with their text. */
  readonly own: string;
}

/** Derives the colors of one theme. @param brand the site's color, `#rrggbb` */
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
