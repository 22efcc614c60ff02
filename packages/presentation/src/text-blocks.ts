import { textOf, type MessageBody } from '@switchboard/protocol/body';

import { linkParts, MAX_LINKS } from './links.ts';
import type { TextPart } from './links.ts';

/** A stretch of a message that is set in one way: as text, as code in a fixed-width font, or as emoji in a large one. */
export interface TextBlock {
  readonly kind: 'text' | 'code' | 'emoji';
  readonly parts: readonly TextPart[];
}

type Kind = TextBlock['kind'];

const FENCE = '```';
/** A message of more pieces is shown as one: each costs the page much more than its letters. */
const MAX_BLOCKS = 50;
/** More than this in one line is no exclamation any more. */
const MAX_EMOJI_LENGTH = 60;
const EMOJI_ONLY = /^(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator} ]|\u200D|\uFE0F|[\u{E0020}-\u{E007F}])+$/u;
/** `©` and `™` are pictographs, but letters where nothing asks for the picture. */
const IS_PICTURE = /[\p{Emoji_Presentation}\p{Regional_Indicator}\uFE0F]/u;

function isEmoji(line: string): boolean {
  return line.length > 0 && line.length <= MAX_EMOJI_LENGTH && EMOJI_ONLY.test(line) && IS_PICTURE.test(line);
}

/** A block of code that begins and ends in one line: three backticks, something, three backticks. */
function fencedInLine(line: string): string | undefined {
  if (!line.startsWith(FENCE) || !line.endsWith(FENCE) || line.length <= 2 * FENCE.length) return undefined;
  const inside = line.slice(FENCE.length, -FENCE.length);
  return inside.includes('`') ? undefined : inside;
}

/** What the lines are. Fences count only in pairs and are nothing to show. */
function* kindsOf(lines: readonly string[]): Generator<{ readonly kind: Kind; readonly line: string; readonly begins: boolean }> {
  const closings = lines.flatMap((line, index) => (line.trimEnd() === FENCE ? [index] : []));
  let closing = 0;
  /** What comes after a block in fences is no part of it. */
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
 * Cuts a message into blocks. Code is what stands between lines of three backticks (which are not shown), and lines that begin with four spaces or a tab;
 * nothing else of Markdown means anything: what is typed is what is read. Links are found in all of it.
 *
 * Strangers write these texts: every line is looked at a fixed number of times.
 */
export function textBlocks(text: string): readonly TextBlock[] {
  const blocks: { readonly kind: Kind; readonly lines: string[] }[] = [];
  for (const { kind, line, begins } of kindsOf(text.split('\n'))) {
    const last = blocks.at(-1);
    if (last?.kind === kind && !begins) last.lines.push(line);
    else blocks.push({ kind, lines: [line] });
  }
  // Nothing but fences, or more than a page can carry.
  if (blocks.length === 0 || blocks.length > MAX_BLOCKS) return [{ kind: 'text', parts: linkParts(text) }];
  let links = 0;
  return blocks.map(({ kind, lines }) => {
    const parts = linkParts(lines.join('\n'), MAX_LINKS - links);
    links += parts.filter(({ href }) => href !== undefined).length;
    return { kind, parts };
  });
}

const found = new WeakMap<object, readonly TextBlock[]>();

/** The blocks of a message's words, found once for each body: it is drawn far more often than it changes. */
export function blocksOf(body: MessageBody<unknown>): readonly TextBlock[] {
  const known = found.get(body);
  if (known !== undefined) return known;
  const blocks = textBlocks(textOf(body) ?? '');
  found.set(body, blocks);
  return blocks;
}
