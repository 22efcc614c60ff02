/** A piece of a message: plain text, or text that leads somewhere. */
export interface TextPart {
  readonly text: string;
  /** An absolute `http:`, `https:` or `mailto:` address; undefined for plain text. */
  readonly href?: string;
}

const CANDIDATE =
  /(?:https?:\/\/|www\.|mailto:)[^\s<>"'`\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2066-\u2069\uFEFF]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/giu;
/** Punctuation that ends the sentence, not the address. */
const TRAILING = /[.,;:!?…)\]}*_~]$/u;
const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const SAFE_SCHEMES = new Set(['http:', 'https:', 'mailto:']);

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

/** Leaves a closing bracket that was opened inside the address: `…/Lamp_(light)`. */
function withoutTrailing(candidate: string): string {
  let kept = candidate;
  for (let last = kept.at(-1); last !== undefined && TRAILING.test(last); last = kept.at(-1)) {
    const opener = CLOSERS[last];
    if (opener !== undefined && count(kept, opener) >= count(kept, last)) break;
    kept = kept.slice(0, -1);
  }
  return kept;
}

/** Where it leads, or undefined when that is nowhere safe. Whatever the text looks like, only these three schemes come out. */
export function safeHref(text: string): string | undefined {
  const lower = text.toLowerCase();
  let address = text;
  if (lower.startsWith('www.')) address = `https://${text}`;
  else if (!/^(?:https?:\/\/|mailto:)/u.test(lower)) address = `mailto:${text}`;
  if (!URL.canParse(address)) return undefined;
  const { protocol, hostname, pathname, username, password, href } = new URL(address);
  if (!SAFE_SCHEMES.has(protocol)) return undefined;
  if (protocol === 'mailto:') return pathname.includes('@') ? href : undefined;
  // `https://bank.example@evil.example` shows one host and opens another.
  if (username !== '' || password !== '') return undefined;
  return hostname.includes('.') || hostname === 'localhost' || hostname.startsWith('[') ? href : undefined;
}

/** Cuts a message into plain text and links. The texts of the parts, joined, are the message, character for character. */
export function linkParts(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let plainFrom = 0;
  for (const match of text.matchAll(CANDIDATE)) {
    const before = text[match.index - 1];
    // In the middle of a word it is no address.
    if (before !== undefined && /[\w@/]/u.test(before)) continue;
    const shown = withoutTrailing(match[0]);
    const href = safeHref(shown);
    if (href === undefined) continue;
    if (match.index > plainFrom) parts.push({ text: text.slice(plainFrom, match.index) });
    parts.push({ text: shown, href });
    plainFrom = match.index + shown.length;
  }
  if (plainFrom < text.length) parts.push({ text: text.slice(plainFrom) });
  return parts;
}
