import { createHash } from 'node:crypto';

import { FREQUENT_PAIRS, KNOWN_SEQUENCES, WORDS } from './guessable-words.ts';

/** The lowest acceptable estimate. The output of `openssl rand -hex 16`, the shortest secret that is allowed, has 128 bits. */
const ENOUGH_BITS = 90;
/** The estimate ignores later characters, so that its cost does not depend on the length. */
const MAX_CHARACTERS = 256;

/** The bits of a guessable piece: little more than knowing that it is there. */
const PIECE_BITS = 5;
/** The bits of a letter within a word. */
const WORD_LETTER_BITS = 2;
const DIGIT_BITS = Math.log2(10);
const MIN_PIECE = 4;
/** Shorter pieces of these long sequences would be found in random text by chance. */
const MIN_SEQUENCE_PIECE = 6;
/** The least share of frequent letter pairs in words; the share in random text is far lower. */
const WORD_PAIR_SHARE = 0.55;
const MIN_PAIRS = 10;

const LEET: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '@': 'a', $: 's', '!': 'i' };
const SORTED_WORDS = WORDS.toSorted((a, b) => b.length - a.length);

/**
 * A rough upper estimate of the bits that an attacker who knows words, keyboards and example keys has to guess. Random text gets its real strength, minus
 * parts that look like a pattern by chance; made-up text gets a low estimate. Takes the same time for every length over 256 characters.
 */
export function estimateBits(secret: string): number {
  const text = secret.slice(0, MAX_CHARACTERS);
  const lower = text.toLowerCase();
  const plain = lower.replaceAll(/[013457@$!]/g, (sign) => LEET[sign] ?? sign);
  let pieces = 0;
  let rest = '';
  for (let at = 0; at < text.length;) {
    const length = pieceAt(lower, plain, at);
    if (length > 0) pieces += 1;
    rest += length > 0 ? ' ' : (text[at] ?? '');
    at += Math.max(1, length);
  }
  return pieces * PIECE_BITS + bitsOfRest(rest);
}

/** Whether a secret can be guessed: a person made it up, it is a known example, or it is repetitive. */
export function isGuessable(secret: string): boolean {
  if (estimateBits(secret) < ENOUGH_BITS) return true;
  if (isDigestOfWord(secret)) return true;
  const hidden = decode(secret);
  return hidden !== undefined && estimateBits(hidden) < ENOUGH_BITS;
}

/** The length of the guessable piece that starts at `at`; 0 for none. */
function pieceAt(lower: string, plain: string, at: number): number {
  return Math.max(wordAt(lower, at), wordAt(plain, at), knownSequenceAt(lower, at), repeatAt(lower, at), sequenceAt(lower, at));
}

function wordAt(text: string, at: number): number {
  return SORTED_WORDS.find((word) => text.startsWith(word, at))?.length ?? 0;
}

function knownSequenceAt(text: string, at: number): number {
  const piece = text.slice(at, at + MIN_SEQUENCE_PIECE);
  if (piece.length < MIN_SEQUENCE_PIECE) return 0;
  let longest = 0;
  for (const sequence of KNOWN_SEQUENCES) {
    const start = sequence.indexOf(piece);
    if (start >= 0) longest = Math.max(longest, commonLength(text, at, sequence, start));
  }
  return longest;
}

/** A piece that occurred earlier in the text. */
function repeatAt(text: string, at: number): number {
  const piece = text.slice(at, at + MIN_PIECE);
  const start = text.indexOf(piece);
  return piece.length < MIN_PIECE || start >= at ? 0 : commonLength(text, at, text, start);
}

function commonLength(a: string, fromA: number, b: string, fromB: number): number {
  let length = 0;
  while (fromA + length < a.length && fromB + length < b.length && a[fromA + length] === b[fromB + length]) length += 1;
  return length;
}

/** A run such as `aaaa`, `4567`, `a1b2c3` or `00112233`: each character equals the one `stride` places before or is its neighbor, with a constant step. */
function sequenceAt(text: string, at: number): number {
  let longest = 0;
  for (const stride of [1, 2, 3]) {
    const step = (index: number) => text.charCodeAt(index) - text.charCodeAt(index - stride);
    let end = at + stride;
    while (end < text.length && Math.abs(step(end)) <= 1 && (end < at + 2 * stride || step(end) === step(end - stride))) end += 1;
    const length = end - at;
    if (length >= Math.max(MIN_PIECE, 3 * stride)) longest = Math.max(longest, length);
  }
  return longest;
}

/** The bits of the characters outside guessable pieces, which are replaced by blanks. */
function bitsOfRest(rest: string): number {
  const known = rest.replaceAll(/[^a-z0-9]/gi, '');
  const digits = known.replaceAll(/[^0-9]/g, '').length;
  const signs = rest.replaceAll(/[a-z0-9 ]/gi, '');
  // A separator that is always the same adds little.
  const signBits = new Set(signs).size * PIECE_BITS + signs.length;
  if (looksLikeWords(rest)) return (known.length - digits) * WORD_LETTER_BITS + digits * DIGIT_BITS + signBits;
  return known.length * bitsOfCharacter(known) + signBits;
}

function bitsOfCharacter(known: string): number {
  if (/^[0-9]*$/.test(known)) return DIGIT_BITS;
  if (/^(?:[0-9a-f]*|[0-9A-F]*)$/.test(known)) return 4;
  const size = (/[0-9]/.test(known) ? 10 : 0) + (/[a-z]/.test(known) ? 26 : 0) + (/[A-Z]/.test(known) ? 26 : 0);
  return Math.log2(size);
}

/** Whether the letters look like words: mostly frequent pairs, few or only capitals, and not mostly hexadecimal digits. */
function looksLikeWords(text: string): boolean {
  const letters = text.replaceAll(/[^a-z]/gi, '');
  const capitals = letters.replaceAll(/[^A-Z]/g, '').length / letters.length;
  const hexadecimal = letters.replaceAll(/[^a-f]/gi, '').length / letters.length;
  if (hexadecimal > 0.6 || (capitals > 0.3 && capitals < 0.95)) return false;
  // A capital begins a word: camelCase.
  const words = text.replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  const pairs = Array.from({ length: Math.max(0, words.length - 1) }, (_, at) => words.slice(at, at + 2)).filter((pair) =>
    /^[a-z]{2}$/.test(pair),
  );
  return pairs.length >= MIN_PAIRS && pairs.filter((pair) => FREQUENT_PAIRS.has(pair)).length >= WORD_PAIR_SHARE * pairs.length;
}

/** Length in hexadecimal digits → hash algorithm. */
const DIGESTS: Readonly<Record<number, string>> = { 32: 'md5', 40: 'sha1', 64: 'sha256', 128: 'sha512' };

/** Whether a secret is the digest of a word or of the empty text: attackers try tables of those first. */
function isDigestOfWord(secret: string): boolean {
  const algorithm = DIGESTS[secret.length];
  const digest = secret.toLowerCase();
  if (algorithm === undefined || !/^[0-9a-f]+$/.test(digest)) return false;
  return ['', ...WORDS].some((word) => createHash(algorithm).update(word).digest('hex') === digest);
}

/** The readable text that a secret encodes in hexadecimal or base64, undefined when there is none; random bytes never decode to readable text. */
function decode(secret: string): string | undefined {
  const encodings = [
    ['hex', /^(?:[0-9a-f]{2})+$/i],
    ['base64', /^[\w+/-]+={0,2}$/],
  ] as const;
  for (const [encoding, shape] of encodings) {
    if (!shape.test(secret)) continue;
    const text = Buffer.from(secret, encoding).toString('latin1');
    if (text.length >= 8 && /^[\x20-\x7e]+$/.test(text)) return text;
  }
  return undefined;
}
