/** Elements whose content is no text of the page: it goes with them. */
const WITH_CONTENT = new Set(['script', 'style', 'textarea', 'option', 'noscript', 'title', 'xmp', 'iframe', 'noembed', 'noframes']);

/** Longer than any of those. */
const MAX_NAME_LENGTH = 16;

const QUOTED = /["']/;

/** Where a tag that begins at `start` is over: behind its `>`, one in a quoted value not counted; -1 when it never is. */
function endOfTag(text: string, start: number): number {
  let afterEquals = false;
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '>') return at + 1;
    if (afterEquals && QUOTED.test(character)) {
      at = text.indexOf(character, at + 1);
      if (at < 0) return -1;
    }
    if (character.trim() !== '') afterEquals = character === '=';
  }
  return -1;
}

/** Where what begins with the `<` at `start` is over, content and all; `start` itself when it is no markup, -1 when it never is. */
function endOfMarkup(text: string, start: number): number {
  if (text.startsWith('<!--', start)) {
    const end = text.indexOf('-->', start + 4);
    return end < 0 ? -1 : end + 3;
  }
  if (!/[a-z/!?]/i.test(text[start + 1] ?? '')) return start;
  const end = endOfTag(text, start);
  const [element = ''] = /^[a-z][^\s/>]*/i.exec(text.slice(start + 1, start + 1 + MAX_NAME_LENGTH)) ?? [];
  if (end < 0 || !WITH_CONTENT.has(element.toLowerCase())) return end;
  const closing = new RegExp(`</${element}(?=[\\s/>])`, 'gi');
  closing.lastIndex = end;
  const found = closing.exec(text);
  return found === null ? -1 : endOfTag(text, found.index);
}

/**
 * A text without its markup: tags and comments are left out, scripts and the like with what is in them, and what is left of `<` and `>` is written out. So
 * nothing in the result is markup, whatever a browser would have made of the text: it may be put on a page as HTML. (`&` alone makes no markup, and is
 * what people write.) Half a tag at the end is left out. One pass: the time grows with the length of the text, and with nothing else.
 */
export function withoutMarkup(text: string): string {
  const bracket = /[<>]/g;
  let plain = '';
  let at = 0;
  for (;;) {
    bracket.lastIndex = at;
    const found = bracket.exec(text);
    if (found === null) break;
    plain += text.slice(at, found.index);
    const end = found[0] === '<' ? endOfMarkup(text, found.index) : found.index;
    if (end < 0) {
      at = text.length;
      break;
    }
    if (end === found.index) plain += found[0] === '<' ? '&lt;' : '&gt;';
    at = Math.max(end, found.index + 1);
  }
  return (plain + text.slice(at)).replaceAll('&amp;', '&');
}
