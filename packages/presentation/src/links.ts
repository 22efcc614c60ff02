/** A piece of a message: plain text, or text that leads somewhere. */
export interface TextPart {
  readonly text: string;
  /** An absolute `http:`, `https:` or `mailto:` address; undefined for plain text. */
  readonly href?: string;
}

/** A longer address stays plain text: one that is cut off would lead somewhere else. */
const MAX_ADDRESS_LENGTH = 2_048;
/** What comes after so many links in one message stays plain text: each link costs the page much more than its letters. */
export const MAX_LINKS = 100;
const PREFIXES = ['https://', 'http://', 'mailto:', 'www.'];
const LONGEST_PREFIX = 8;
/** Punctuation that ends the sentence, not the address. */
const TRAILING = new Set('.,;:!?…)]}*_~’–—·•״׳');
const OPENERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const SAFE_SCHEMES = new Set(['http:', 'https:', 'mailto:']);
const AT = 0x40;
const DOT = 0x2e;
/** Code units that end an address: white space, quotation marks, angle brackets, and what can't be seen. First and last of each range. */
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
 * Beyond ASCII every quotation mark, bracket and mark of a sentence ends an address, whatever the language, because nothing needs to stand between it and
 * the next word: `「https://…/b」。`, `“https://…/e”`, `https://…/g،`. An address that is copied out of a browser has such a mark only encoded.
 */
const PUNCTUATION = /[\p{Pi}\p{Pf}\p{Ps}\p{Pe}\p{Po}＜＞｜]/u;
/** Marks that stand inside words and names, and so inside of addresses that are typed as they are read: `L’Île`, `ジョン・レノン`, `§5`. */
const IN_WORDS = new Set('’·‧・･׳״§¶†‡•‰′″॰՚՛՜՝՞՟་༌');
const APOSTROPHE = 0x2019;
/** From here on are the scripts that are written without spaces. */
const FIRST_IDEOGRAPHIC = 0x2e80;

/** A stretch of the text that may be an address. */
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
  // Where words are not set apart, it can't be told from a quotation mark by what follows.
  if (code === APOSTROPHE) return text.charCodeAt(index + 1) >= FIRST_IDEOGRAPHIC;
  const character = text.charAt(index);
  return PUNCTUATION.test(character) && !IN_WORDS.has(character);
}

/** A letter or digit of ASCII, `_` or `-`: what names of hosts are made of. */
function isHostCode(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39) || code === 0x5f || code === 0x2d
  );
}

/** What may stand before the `@` of a mail address: also `.` and `+`. */
function isLocalCode(code: number): boolean {
  return isHostCode(code) || code === DOT || code === 0x2b;
}

/** Whether what begins at `index` goes on from the middle of a word or an address. */
function isInsideWord(text: string, index: number): boolean {
  if (index === 0) return false;
  const before = text.charCodeAt(index - 1);
  return before === AT || before === 0x2f || (isHostCode(before) && before !== 0x2d);
}

/** The address with a scheme, or `www.`, that begins at `start`. */
function webAddress(text: string, start: number): Candidate | undefined {
  // Only these letters begin one of the prefixes.
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
 * The end of an address that is nothing but a host and is followed at once by a word of another script: `www.lamps.exampleで`. The last part of a host is of
 * one script. Where a path follows, nobody can tell where it ends.
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

/** The mail address around the `@` at `at`, not reaching back before `from`. */
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

/** The end of the candidate without what ends the sentence. Leaves a closing bracket that was opened inside the address: `…/Lamp_(light)`. */
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

/**
 * Cuts a message into plain text and links. The texts of the parts, joined, are the message, character for character.
 *
 * Strangers write these texts, so the work grows no faster than the text: every character is looked at a fixed number of times.
 */
export function linkParts(text: string, maxLinks = MAX_LINKS): readonly TextPart[] {
  const parts: TextPart[] = [];
  let plainFrom = 0;
  let links = 0;
  /** Before this everything belongs to a candidate that has been decided. */
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
