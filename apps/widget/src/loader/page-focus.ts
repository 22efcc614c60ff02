/** Whether the page has the focus. While a frame in it has it, the page has not: a frame knows that of itself, and nobody tells the page when that ends. */
export function hasPageFocus(): boolean {
  const active = document.activeElement;
  // Our own frame is in a shadow tree.
  return document.hasFocus() && (active?.shadowRoot?.activeElement ?? active)?.tagName !== 'IFRAME';
}
