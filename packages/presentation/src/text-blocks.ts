import { textOf, type MessageBody } from '@switchboard/protocol/body';

import { linkParts, MAX_LINKS } from './links.ts';
import type { TextPart } from './links.ts';

/** A part of a message with one style: text, code in a fixed-width font, or emoji in a large font. */
export interface TextBlock {
  readonly kind: 'text' | 'code' | 'emoji';
  readonly parts: readonly TextPart[];
}

type Kind = TextBlock['kind'];

const FENCE = '```';
/** A message with more blocks is shown as one: a block costs the page much more than its text. */
const MAX_BLOCKS = 50;
/** A longer line of emoji is shown at normal size. */
const MAX_EMOJI_LENGTH = 60;
const EMOJI_ONLY = /^(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator} ]|\u200D|\uFE0F|[\u{E0020}-\u{E007F}])+$/u;
/** `©` and `™` are pictographs, but they are shown as text without a variation selector. */
const IS_PICTURE = /[\p{Emoji_Presentation}\p{Regional_Indicator}\uFE0F]/u;

function isEmoji(line: string): boolean {
  return line.length > 0 && line.length <= MAX_EMOJI_LENGTH && EMOJI_ONLY.test(line) && IS_PICTURE.test(line);
}

/** The code of a block that begins and ends in one line: three backticks, code, three backticks. */
function fencedInLine(line: string): string | undefined {
  if (!line.startsWith(FENCE) || !line.endsWith(FENCE) || line.length <= 2 * FENCE.length) return undefined;
  const inside = line.slice(FENCE.length, -FENCE.length);
  return inside.includes('`') ? undefined : inside;
}

/** The kind of each line. Fences count only in pairs and are not shown. */
function* kindsOf(lines: readonly string[]): Generator<{ readonly kind: Kind; readonly line: string; readonly begins: boolean }> {
  const closings = lines.flatMap((line, index) => (line.trimEnd() === FENCE ? [index] : []));
  let closing = 0;
  /** Whether the previous line ended a fenced block, which the next line does not continue. */
  let fenced = false;
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    while ((closings[closing] ?? Number.POSITIVE_INFINITY) <= index) closing += 1;
    const end = closings[closing];
    const inside = fencedInLine(line.trimEnd());
    const afterFence = fenced;
    fenced = inside !== undefined;
    if (inside !== undefined) yield { kind: 'code', line: inside, begins: true };
    else if (end !== undefined && line.startsWith(FENCE) && !line.slice(FENCE.length).includes('`')) {
      for (let code = index + 1; code < end; code += 1) yield { kind: 'code', line: lines[code] ?? '', begins: code === index + 1 };
      index = end;
      fenced = true;
    } else if (/^(?: {4}|\t)\s*\S/u.test(line)) yield { kind: 'code', line, begins: afterFence };
    else yield { kind: isEmoji(line.trim()) ? 'emoji' : 'text', line, begins: false };
  }
}

/**
 * Splits a message into blocks. Code is text between lines of three backticks (which are not shown), and lines that begin with four spaces or a tab. No other
 * Markdown is interpreted. Links are found in all blocks.
 *
 * Anybody can write these texts: every line is read a bounded number of times.
 */
export function textBlocks(text: string): readonly TextBlock[] {
  const blocks: { readonly kind: Kind; readonly lines: string[] }[] = [];
  for (const { kind, line, begins } of kindsOf(text.split('\n'))) {
    const last = blocks.at(-1);
    if (last?.kind === kind && !begins) last.lines.push(line);
    else blocks.push({ kind, lines: [line] });
  }
  // Only fences, or too many blocks.
  if (blocks.length === 0 || blocks.length > MAX_BLOCKS) return [{ kind: 'text', parts: linkParts(text) }];
  let links = 0;
  return blocks.map(({ kind, lines }) => {
    const parts = linkParts(lines.join('\n'), MAX_LINKS - links);
    links += parts.filter(({ href }) => href !== undefined).length;
    return { kind, parts };
  });
}

const cache = new WeakMap<object, readonly TextBlock[]>();

/** The blocks of a message's text, cached for each body: it is rendered far more often than it changes. */
export function blocksOf(body: MessageBody<unknown>): readonly TextBlock[] {
  const known = cache.get(body);
  if (known !== undefined) return known;
  const blocks = textBlocks(textOf(body) ?? '');
  cache.set(body, blocks);
  return blocks;
}
