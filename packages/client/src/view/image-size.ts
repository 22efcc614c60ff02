/** The box that a picture in the log fits into, in CSS pixels. */
const MAX_WIDTH = 320;
const MAX_HEIGHT = 320;
const MIN_SIDE = 48;
/** For a picture whose size nobody knows yet. */
const UNKNOWN = { width: 240, height: 180 } as const;

/** How large to show a picture of this size, in CSS pixels: at its ratio, never enlarged, so that its space can be reserved before it is there. */
export function shownSize(width: number | null, height: number | null): { readonly width: number; readonly height: number } {
  if (width === null || height === null || width <= 0 || height <= 0) return UNKNOWN;
  const scale = Math.min(1, MAX_WIDTH / width, MAX_HEIGHT / height);
  return { width: Math.max(MIN_SIDE, Math.round(width * scale)), height: Math.max(MIN_SIDE, Math.round(height * scale)) };
}
