/** The message key as it is relayed; empty if an old front-end sent none. */
export function keyOf(payload: { messageKey?: string | null | undefined }): { messageKey?: string } {
  return payload.messageKey == null ? {} : { messageKey: payload.messageKey };
}
