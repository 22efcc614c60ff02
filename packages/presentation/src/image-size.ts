/** The box that a picture in the log fits into, in CSS pixels. */
const MAX_WIDTH = 320;
const MAX_HEIGHT = 320;
const MIN_SIDE = 48;
/** The least width of what is said to a picture, however narrow that is. */
const MIN_CAPTION = 200;
/** For a picture whose size nobody knows yet. */
const UNKNOWN = { width: 240, height: 180, fit: 'scale-down' } as const;

/** How to show a picture: the room it gets, in CSS pixels, and how it stands in there, as CSS `object-fit` says it. */
export interface ShownSize {
  readonly width: number;
  readonly height: number;
  readonly fit: 'cover' | 'scale-down';
}

/**
 * How large to show a picture of this size: at its ratio and never enlarged, so that its space can be reserved before it is there. What would be too thin to
 * be hit gets more room: a picture that is small itself stands in the middle of it, a long one fills it with its middle part.
 */
export function shownSize(width: number | null, height: number | null, maxWidth = MAX_WIDTH): ShownSize {
  if (width === null || height === null || width <= 0 || height <= 0) return UNKNOWN;
  const scale = Math.min(1, maxWidth / width, MAX_HEIGHT / height);
  const room = (side: number) => Math.max(MIN_SIDE, Math.round(side * scale));
  return { width: room(width), height: room(height), fit: Math.min(width, height) < MIN_SIDE ? 'scale-down' : 'cover' };
}

/** How wide to set what is said to a picture that is shown so: as wide as the picture, but for one that is too narrow to read below. CSS pixels. */
export function captionWidth({ width }: ShownSize): number {
  return Math.max(MIN_CAPTION, width);
}
