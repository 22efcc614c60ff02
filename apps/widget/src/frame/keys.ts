/** Whether this key sends the message: Enter, unless it inserts a line break or confirms an input method's suggestion. */
export function isSendKey(event: KeyboardEvent): boolean {
  // 229: the input method is still processing the key; Safari has already ended the composition.
  return event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.isComposing && event.keyCode !== 229;
}
