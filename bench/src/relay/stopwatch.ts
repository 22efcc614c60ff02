import { TEXT } from '../harness/text.ts';

const MARK = '@';
const MARK_BYTE = MARK.charCodeAt(0);
/** Digits of a time in milliseconds, three of them after the point. */
const DIGITS = 14;

/** A text with the time when it was sent. @param now milliseconds */
export function stamped(now: number): string {
  return `${MARK}${now.toFixed(3).padStart(DIGITS, '0')} ${TEXT}`;
}

/**
 * Finds times in texts that differ only in their contents, such as those of one event from one server. The time is always at the position where the first
 * text had it, so one byte is enough to see whether a text has one.
 */
export class Stopwatch {
  #at: number | undefined;

  /** When this text was sent; undefined if it has no time. */
  read(bytes: Buffer, start: number, end: number): number | undefined {
    this.#at ??= find(bytes, start, end);
    if (this.#at === undefined || bytes[start + this.#at] !== MARK_BYTE) return undefined;
    const from = start + this.#at + 1;
    return Number(bytes.toString('latin1', from, from + DIGITS));
  }
}

function find(bytes: Buffer, start: number, end: number): number | undefined {
  const at = bytes.toString('latin1', start, end).indexOf(MARK);
  return at < 0 ? undefined : at;
}
