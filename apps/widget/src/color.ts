/** The accent where a site gives none: a deep teal. */
export const DEFAULT_COLOR = '#0a7d83';

/** `#rgb` or `#rrggbb` as `#rrggbb`, or the default for anything else: what is in a page's attribute must not break the chat. */
export function readColor(value: string | null | undefined): string {
  const hex = /^#(?:([0-9a-f]{3})|([0-9a-f]{6}))$/i.exec((value ?? '').trim());
  if (hex === null) return DEFAULT_COLOR;
  const [, short = '', long] = hex;
  return `#${long ?? short.replaceAll(/./g, '$&$&')}`.toLowerCase();
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast of two colours `#rrggbb`, 1 to 21. */
export function contrast(one: string, other: string): number {
  const [first, second] = [luminance(one), luminance(other)];
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
}

const WHITE = '#ffffff';
const BLACK = '#000000';

/** White where it reads well enough on the colour (4.5), black where it does not: then black does, on every colour there is. */
export function textOn(color: string): string {
  return contrast(color, WHITE) >= 4.5 ? WHITE : BLACK;
}
