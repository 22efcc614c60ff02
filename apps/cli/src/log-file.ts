import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

import { codeOf } from './standalone/user-error.mjs';

const MAX_BYTES = 10 * 1024 * 1024;
const KEPT_LINES = 20;
/** Longer lines are truncated: one line must not displace thousands. */
const MAX_LINE_CHARS = 16_384;

/** The log file of one process. At `maxBytes` it is rotated to a file with `.1` appended to its name. */
export class LogFile {
  readonly #path: string;
  readonly #onError: (error: unknown) => void;
  readonly #maxBytes: number;
  readonly #last: string[] = [];
  #handle: number;
  #troubled = false;

  /** @param onError called once when lines can't be written (a full disk); they are dropped until writing works again */
  constructor(path: string, onError: (error: unknown) => void, maxBytes = MAX_BYTES) {
    this.#path = path;
    this.#onError = onError;
    this.#maxBytes = maxBytes;
    this.#handle = openLog(path);
  }

  write(line: string): void {
    const text = line.length > MAX_LINE_CHARS ? `${line.slice(0, MAX_LINE_CHARS)} … (${line.length} characters in total)` : line;
    this.#last.push(text);
    if (this.#last.length > KEPT_LINES) this.#last.shift();
    try {
      this.#prepare();
      writeSync(this.#handle, `${text}\n`);
      this.#troubled = false;
    } catch (error) {
      if (!this.#troubled) this.#onError(error);
      this.#troubled = true;
    }
  }

  /** The newest lines of this run, oldest first. */
  lastLines(): readonly string[] {
    return this.#last;
  }

  close(): void {
    closeSync(this.#handle);
  }

  /** Ensures that the handle refers to the file at this path, which others may have removed, moved or truncated, and rotates a full file. */
  #prepare(): void {
    const own = fstatSync(this.#handle);
    const found = statSync(this.#path, { throwIfNoEntry: false });
    const isOurs = found !== undefined && found.ino === own.ino && found.dev === own.dev;
    if (isOurs && own.size <= this.#maxBytes) return;
    if (isOurs) renameSync(this.#path, `${this.#path}.1`);
    const next = openLog(this.#path);
    closeSync(this.#handle);
    this.#handle = next;
  }
}

/** Opens the file for appending; creates it and its folder if they are missing. */
function openLog(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'a', 0o600);
  }
}
