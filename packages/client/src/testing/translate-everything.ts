/**
 * For `page.evaluate` or `addInitScript`: changes a document as browsers' translators do, also after later changes. Every text node with letters is replaced
 * by `font` elements, even where HTML does not allow them.
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
  // An init script runs before there is a body.
  if (document.readyState !== 'loading') translate(document.body);
  new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) translate(node);
  }).observe(document, { childList: true, subtree: true, characterData: true });
}
