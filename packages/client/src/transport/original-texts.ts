/**
 * A relay event with the texts as the sender typed them. A relay that strips markup for old front-ends, which show texts as HTML, sends the original texts
 * in `original`. This client never shows texts as HTML, and the saved message must match the typed one.
 */
export function withOriginalTexts<P>(payload: P): P {
  if (typeof payload !== 'object' || payload === null || !('original' in payload)) return payload;
  const { original } = payload;
  return typeof original === 'object' && original !== null ? { ...payload, ...original } : payload;
}
