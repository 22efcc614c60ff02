/** Whether the page itself has the focus. False while a frame in it has the focus: the frame knows that, but the page gets no event when it ends. */
export function hasPageFocus(): boolean {
  const active = document.activeElement;
  // The widget's frame is in a shadow tree.
  return document.hasFocus() && (active?.shadowRoot?.activeElement ?? active)?.tagName !== 'IFRAME';
}
