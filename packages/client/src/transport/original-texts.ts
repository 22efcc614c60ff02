/**
 * An event of the relay as its sender typed it. A relay that takes markup out of texts, for old front-ends that show them as HTML, sends what it changed
 * beside them: here texts are text, and what is saved is what was typed.
 */
export function withOriginalTexts<P>(payload: P): P {
  if (typeof payload !== 'object' || payload === null || !('original' in payload)) return payload;
  const { original } = payload;
  return typeof original === 'object' && original !== null ? { ...payload, ...original } : payload;
}
