/** Whether this key sends what is typed: Enter, but not to break the line, and not to choose what an input method offers. */
export function isSendKey(event: KeyboardEvent): boolean {
  // 229: a key that an input method still works on; Safari has ended the composition by then.
  return event.key === 'Enter' && !event.shiftKey && !event.altKey && !event.isComposing && event.keyCode !== 229;
}
