/** A time as ISO-8601, null for none. */
export function isoTime(at: Date | null | undefined): string | null {
  return at?.toISOString() ?? null;
}
