/** Elements whose content is not text of the page: it is removed with them. */
const WITH_CONTENT = new Set(['script', 'style', 'textarea', 'option', 'noscript', 'title', 'xmp', 'iframe', 'noembed', 'noframes']);

/** Longer than any of those names. */
const MAX_NAME_LENGTH = 16;

const QUOTED = /["']/;

/** The end of a tag that begins at `start`: the index after its `>`, except one within a quoted value; -1 if the tag never ends. */
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

/** The end of the markup that begins with the `<` at `start`, content included; `start` if it is no markup, -1 if it never ends. */
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
 * A text without its markup: tags and comments are removed, scripts and similar elements with their content, and every other `<` and `>` is escaped. So
 * nothing in the result is markup, however a browser would have parsed the text: it may be inserted into a page as HTML. (`&` alone makes no markup and is
 * common in plain text.) An incomplete tag at the end is removed. One pass: the time depends only on the length of the text.
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
