/**
 * For `page.evaluate` or `addInitScript`: does to a document what browsers' translators do, for as long as it lives. Every text with letters becomes elements of
 * theirs, even where none may be.
 */
export function translateEverything(): void {
  const translate = (node: Node) => {
    if (node instanceof Text) {
      const parent = node.parentElement;
      if (parent === null || /^(?:FONT|SCRIPT|STYLE|TEXTAREA)$/.test(parent.tagName) || !/\p{L}/u.test(node.textContent ?? '')) return;
      const outer = document.createElement('font');
      outer.append(Object.assign(document.createElement('font'), { textContent: node.textContent }));
      node.replaceWith(outer);
      return;
    }
    for (const child of node.childNodes) translate(child);
  };
  // Before the page's own scripts there is no body yet.
  if (document.readyState !== 'loading') translate(document.body);
  new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) translate(node);
  }).observe(document, { childList: true, subtree: true, characterData: true });
}
