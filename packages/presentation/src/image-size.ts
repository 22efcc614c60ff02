/** Maximum size of a picture in the log, in CSS pixels. */
const MAX_WIDTH = 320;
const MAX_HEIGHT = 320;
const MIN_SIDE = 48;
/** Minimum width of a caption, even below a narrow picture. */
const MIN_CAPTION = 200;
/** Size of a picture whose dimensions are unknown. */
const UNKNOWN = { width: 240, height: 180, fit: 'scale-down' } as const;

/** How to show a picture: its box in CSS pixels, and its CSS `object-fit`. */
export interface ShownSize {
  readonly width: number;
  readonly height: number;
  readonly fit: 'cover' | 'scale-down';
}

/**
 * The size at which to show a picture: scaled down at its aspect ratio, never enlarged, so that its space is reserved before it has loaded. A side that would
 * be too thin to click gets more room: a small picture is centered in it, a long one fills it with its middle part.
 */
export function shownSize(width: number | null, height: number | null, maxWidth = MAX_WIDTH): ShownSize {
  if (width === null || height === null || width <= 0 || height <= 0) return UNKNOWN;
  const scale = Math.min(1, maxWidth / width, MAX_HEIGHT / height);
  const room = (side: number) => Math.max(MIN_SIDE, Math.round(side * scale));
  return { width: room(width), height: room(height), fit: Math.min(width, height) < MIN_SIDE ? 'scale-down' : 'cover' };
}

/** Width of a caption in CSS pixels: that of its picture, but never too narrow to read. */
export function captionWidth({ width }: ShownSize): number {
  return Math.max(MIN_CAPTION, width);
}
