/** A part of a message: plain text or a link. */
export interface TextPart {
  readonly text: string;
  /** An absolute `http:`, `https:` or `mailto:` address; undefined for plain text. */
  readonly href?: string;
}

/** A longer address stays plain text: a truncated one would lead elsewhere. */
const MAX_ADDRESS_LENGTH = 2_048;
/** Text after this many links in one message stays plain: a link costs the page much more than its text. */
export const MAX_LINKS = 100;
const PREFIXES = ['https://', 'http://', 'mailto:', 'www.'];
const LONGEST_PREFIX = 8;
/** Punctuation that belongs to the sentence, not to the address. */
const TRAILING = new Set('.,;:!?…)]}*_~’–—·•״׳');
const OPENERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const SAFE_SCHEMES = new Set(['http:', 'https:', 'mailto:']);
const AT = 0x40;
const DOT = 0x2e;
/** Code units that end an address: white space, quotation marks, angle brackets and invisible characters. First and last of each range. */
const STOPS: readonly (readonly [number, number])[] = [
  [0x00, 0x20],
  [0x22, 0x22],
  [0x27, 0x27],
  [0x3c, 0x3c],
  [0x3e, 0x3e],
  [0x60, 0x60],
  [0x7f, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200f],
  [0x2028, 0x202f],
  [0x205f, 0x205f],
  [0x2066, 0x2069],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
/**
 * Outside ASCII, every quotation mark, bracket and punctuation mark of any language ends an address, because no space is needed between it and the next
 * word: `「https://…/b」。`, `“https://…/e”`, `https://…/g،`. An address that is copied from a browser contains such a mark only in encoded form.
 */
const PUNCTUATION = /[\p{Pi}\p{Pf}\p{Ps}\p{Pe}\p{Po}＜＞｜]/u;
/** Marks that occur inside words and names, and therefore inside addresses that are not encoded: `L’Île`, `ジョン・レノン`, `§5`. */
const IN_WORDS = new Set('’·‧・･׳״§¶†‡•‰′″॰՚՛՜՝՞՟་༌');
const APOSTROPHE = 0x2019;
/** The first code unit of scripts that are written without spaces. */
const FIRST_IDEOGRAPHIC = 0x2e80;

/** A range of the text that may be an address. */
interface Candidate {
  readonly start: number;
  readonly end: number;
}

function isStop(code: number): boolean {
  return STOPS.some(([first, last]) => code >= first && code <= last);
}

/** Whether the address ends before the character at `index`. */
function isEnd(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  if (isStop(code)) return true;
  if (code < 0xa1) return false;
  // Before a script without spaces it counts as a quotation mark.
  if (code === APOSTROPHE) return text.charCodeAt(index + 1) >= FIRST_IDEOGRAPHIC;
  const character = text.charAt(index);
  return PUNCTUATION.test(character) && !IN_WORDS.has(character);
}

/** Whether it may be part of a host name: an ASCII letter or digit, `_` or `-`. */
function isHostCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x5f || code === 0x2d
  );
}

/** Whether it may precede the `@` of a mail address: also `.` and `+`. */
function isLocalCode(code: number): boolean {
  return isHostCode(code) || code === DOT || code === 0x2b;
}

/** Whether the text at `index` continues a word or an address. */
function isInsideWord(text: string, index: number): boolean {
  if (index === 0) return false;
  const before = text.charCodeAt(index - 1);
  return before === AT || before === 0x2f || (isHostCode(before) && before !== 0x2d);
}

/** The address that begins with a scheme or `www.` at `start`. */
function webAddress(text: string, start: number): Candidate | undefined {
  // Every prefix begins with one of these letters.
  if (!'hHmMwW'.includes(text.charAt(start))) return undefined;
  const beginning = text.slice(start, start + LONGEST_PREFIX).toLowerCase();
  const prefix = PREFIXES.find((known) => beginning.startsWith(known));
  if (prefix === undefined) return undefined;
  let end = start + prefix.length;
  while (end < text.length && !isEnd(text, end)) end += 1;
  end = hostEnd(text, start + prefix.length, end);
  return end === start + prefix.length ? undefined : { start, end };
}

/**
 * The end of an address that consists of a host only and is followed directly by a word of another script: `www.lamps.exampleで`. The last label of a host has
 * one script. For an address with a path the end is unknown, so it is unchanged.
 */
function hostEnd(text: string, start: number, end: number): number {
  let label = start;
  let other = end;
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === DOT) [label, other] = [index + 1, end];
    else if (code > 0x7f) other = Math.min(other, index);
    else if (!isHostCode(code)) return end;
  }
  return other > label ? other : end;
}

/** The mail address around the `@` at `at`, beginning at `from` or later. */
function mailAddress(text: string, at: number, from: number): Candidate | undefined {
  let start = at;
  while (start > from && isLocalCode(text.charCodeAt(start - 1))) start -= 1;
  let end = at + 1;
  let dots = 0;
  let label = 0;
  for (let index = end; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isHostCode(code)) {
      label += 1;
      end = index + 1;
    } else if (code === DOT && label > 0 && index + 1 < text.length && isHostCode(text.charCodeAt(index + 1))) {
      dots += 1;
      label = 0;
    } else break;
  }
  return start === at || dots === 0 ? undefined : { start, end };
}

/** The end of the candidate without trailing punctuation. A closing bracket stays if it was opened inside the address: `…/Lamp_(light)`. */
function trimmedEnd(text: string, { start, end }: Candidate): number {
  const brackets = new Map<string, number>();
  for (let index = start; index < end; index += 1) {
    const character = text.charAt(index);
    if ('()[]{}'.includes(character)) brackets.set(character, (brackets.get(character) ?? 0) + 1);
  }
  let kept = end;
  while (kept > start) {
    const last = text.charAt(kept - 1);
    if (!TRAILING.has(last)) break;
    const opener = OPENERS[last];
    if (opener !== undefined) {
      const closers = brackets.get(last) ?? 0;
      if ((brackets.get(opener) ?? 0) >= closers) break;
      brackets.set(last, closers - 1);
    }
    kept -= 1;
  }
  return kept;
}

/** The absolute address of a link, or undefined if it is not safe. The result always has one of the three safe schemes. */
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

/**
 * Splits a message into plain text and links. The joined texts of the parts equal the message.
 *
 * Anybody can write these texts, so the work is linear in their length: every character is read a bounded number of times.
 */
export function linkParts(text: string, maxLinks = MAX_LINKS): readonly TextPart[] {
  const parts: TextPart[] = [];
  let plainFrom = 0;
  let links = 0;
  /** End of the last candidate. */
  let from = 0;
  for (let index = 0; index < text.length && links < maxLinks; index += 1) {
    const candidate = text.charCodeAt(index) === AT ? mailAddress(text, index, from) : webAddress(text, index);
    if (candidate === undefined) continue;
    from = candidate.end;
    index = candidate.end - 1;
    if (candidate.end - candidate.start > MAX_ADDRESS_LENGTH || isInsideWord(text, candidate.start)) continue;
    const end = trimmedEnd(text, candidate);
    const shown = text.slice(candidate.start, end);
    const href = safeHref(shown);
    if (href === undefined) continue;
    if (candidate.start > plainFrom) parts.push({ text: text.slice(plainFrom, candidate.start) });
    parts.push({ text: shown, href });
    links += 1;
    plainFrom = end;
  }
  if (plainFrom < text.length) parts.push({ text: text.slice(plainFrom) });
  return parts;
}
